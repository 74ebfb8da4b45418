// The query engine: text and times in, values out. Parses, plans, builds operators, runs them, shapes the result.
//
// A query runs on the main thread in slices, so that others have their turn, and within limits of time, samples and
// number. Whatever goes wrong ends in ParseError or QueryError; nothing else leaves here.

import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Registry } from '../base/metrics.ts';
import type { Querier } from '../storage/contract.ts';
import { Annotations } from './annotations.ts';
import {
  type EngineLimits,
  type InstantRequest,
  type QueryEngine,
  QueryError,
  type QueryOptions,
  type QueryResult,
  type QueryValue,
  type RangeRequest,
} from './contract.ts';
import { buildOperator } from './exec/build.ts';
import { textOf } from './exec/build-aggregate.ts';
import { buildRange } from './exec/build-range.ts';
import { collectMatrix, collectSamples, collectVector, sortByLabels } from './exec/collect.ts';
import { EngineMetrics } from './exec/engine-metrics.ts';
import type { StepGrid } from './exec/operator.ts';
import { QueryExecution } from './exec/query-execution.ts';
import { QueryGate } from './exec/query-gate.ts';
import { QueryTimer } from './exec/query-timer.ts';
import { readScalar } from './exec/scalar-arguments.ts';
import { SampleAccess, type Scope } from './exec/scope.ts';
import type { QueryBounds } from './functions/contract.ts';
import { gridOf } from './plan/bounds.ts';
import { decidesOrder } from './plan/result-order.ts';
import { stepInvariantParts } from './plan/step-invariance.ts';
import { type Expr, typeOf } from './syntax/ast.ts';
import { parseExpr } from './syntax/parse.ts';
import { ParseError } from './syntax/parse-error.ts';

export interface EngineOptions {
  /** A reader of samples between the two times (both included); the engine closes it. */
  readonly querierOf: (minTimeMs: number, maxTimeMs: number) => Querier;
  readonly limits: EngineLimits;
  readonly clock: Clock;
  /** Names as after --enable-feature. */
  readonly features: ReadonlySet<string>;
  /** Where the engine's own metrics go. */
  readonly registry?: Registry;
  readonly log: Logger;
  /** The step of subqueries that name none: the global evaluation interval; 1m by default. */
  readonly evaluationIntervalMs?: () => number;
}

export function createEngine(options: EngineOptions): QueryEngine {
  return new Engine(options);
}

interface Query {
  readonly request: QueryOptions;
  readonly bounds: QueryBounds;
  readonly isInstant: boolean;
}

/** A query that was built and may run. */
interface Prepared {
  readonly expr: Expr;
  readonly grid: StepGrid;
  readonly scope: Scope;
  readonly isInstant: boolean;
  readonly timer: QueryTimer;
}

const DEFAULT_EVALUATION_INTERVAL_MS = 60_000;

class Engine implements QueryEngine {
  private readonly options: EngineOptions;
  private readonly gate: QueryGate;
  private readonly metrics: EngineMetrics | undefined;

  constructor(options: EngineOptions) {
    this.options = options;
    this.gate = new QueryGate(options.limits.maxConcurrency);
    const { registry } = options;
    this.metrics =
      registry && new EngineMetrics(registry, options.limits.maxConcurrency, () => this.gate.queryCount);
  }

  instant(request: InstantRequest): Promise<QueryResult> {
    const { timeMs } = request;
    const bounds = { startMs: timeMs, endMs: timeMs, stepMs: 0 };
    return this.guarded({ request, bounds, isInstant: true });
  }

  range(request: RangeRequest): Promise<QueryResult> {
    const { startMs, endMs, stepMs } = request;
    return this.guarded({ request, bounds: { startMs, endMs, stepMs }, isInstant: false });
  }

  /** Lets nothing out but the errors that the contract names. */
  private async guarded(query: Query): Promise<QueryResult> {
    try {
      return await this.run(query);
    } catch (thrown) {
      if (thrown instanceof QueryError || thrown instanceof ParseError) throw thrown;
      this.options.log.error({ err: thrown, query: query.request.query }, 'Query failed unexpectedly');
      throw new QueryError('internal', `unexpected error: ${messageOf(thrown)}`, { cause: thrown });
    }
  }

  private async run(query: Query): Promise<QueryResult> {
    const { request } = query;
    const expr = this.parseFor(query);
    const timer = new QueryTimer(this.options.clock);
    const timeoutMs = Math.min(request.timeoutMs ?? Number.POSITIVE_INFINITY, this.options.limits.timeoutMs);
    await this.gate.enter(timeoutMs, request.signal);
    try {
      timer.leaveQueue();
      return await this.evaluate(query, expr, timer, timer.startMs + timeoutMs);
    } finally {
      this.gate.leave();
      timer.end();
      this.metrics?.observe(timer.timings());
    }
  }

  parse(query: string): Expr {
    const { features } = this.options;
    return parseExpr(query, {
      experimentalFunctions: features.has('promql-experimental-functions'),
      fillModifiers: features.has('promql-binop-fill-modifiers'),
      extendedRangeSelectors: features.has('promql-extended-range-selectors'),
    });
  }

  /** As parse, of what can be asked this way. */
  private parseFor({ request, isInstant }: Query): Expr {
    const expr = this.parse(request.query);
    const type = typeOf(expr);
    if (isInstant || type === 'vector' || type === 'scalar') return expr;
    const name = type === 'matrix' ? 'range vector' : 'string';
    const text = `invalid expression type "${name}" for range query, must be Scalar or instant Vector`;
    throw new QueryError('bad_data', text);
  }

  private async evaluate(
    query: Query,
    expr: Expr,
    timer: QueryTimer,
    deadlineMs: number,
  ): Promise<QueryResult> {
    const { request, bounds, isInstant } = query;
    const { limits, clock, features } = this.options;
    const grid = gridOf(bounds.startMs, bounds.endMs, bounds.stepMs);
    const annotations = new Annotations(request.query);
    const countsSteps = request.statsPerStep === true && features.has('promql-per-step-stats');
    const execution = new QueryExecution({
      clock,
      annotations,
      delayedNameRemoval: features.has('promql-delayed-name-removal'),
      deadlineMs,
      maxSamples: limits.maxSamples,
      signal: request.signal,
      countedSteps: countsSteps ? grid.count : 0,
    });
    const scope: Scope = {
      execution,
      query: bounds,
      isInstantQuery: isInstant,
      lookbackMs: request.lookbackDeltaMs || limits.lookbackDeltaMs,
      defaultStepMs: this.options.evaluationIntervalMs?.() ?? DEFAULT_EVALUATION_INTERVAL_MS,
      usesStartTimes: features.has('use-start-timestamps'),
      invariants: stepInvariantParts(expr),
      samples: new SampleAccess(),
      count: (step, samples) => execution.countQueryable(step, samples),
      countRead: samples => execution.countRead(samples),
      countsSteps,
      build: buildOperator,
    };
    execution.throwIfOverAtStart();
    const value = await this.valueOf({ expr, grid, scope, isInstant, timer }).finally(() => {
      execution.memory.free();
      this.metrics?.countSamples(execution.totalQueryable);
    });
    timer.end();
    const { warnings, infos } = annotations;
    const stats = { timings: timer.timings(), samples: samplesOf(execution, grid, countsSteps) };
    return { value, warnings, infos, stats };
  }

  private async valueOf(prepared: Prepared): Promise<QueryValue> {
    const { scope, timer } = prepared;
    try {
      // Every operator has columns of this length: more than the limit is too much from the start.
      scope.execution.holdSamples(prepared.grid.count);
      scope.execution.releaseSamples(prepared.grid.count);
      const run = planned(prepared);
      scope.samples.open(this.options.querierOf);
      timer.startEvaluation();
      return await run();
    } finally {
      scope.samples.close();
    }
  }
}

/** Builds the operators; what is returned runs them. */
function planned({ expr, grid, scope, isInstant, timer }: Prepared): () => Promise<QueryValue> {
  const { execution } = scope;
  const timestampMs = grid.startMs;
  const type = typeOf(expr);
  if (type === 'string') return async () => ({ kind: 'string', timestampMs, value: textOf(expr) });
  if (type === 'matrix') {
    const range = buildRange(expr, grid, scope, undefined);
    return async () => {
      const series = await collectSamples(range, grid, scope);
      return { kind: 'matrix', series: timer.timeSort(() => sortByLabels(series)) };
    };
  }
  const operator = scope.build(expr, grid, scope);
  if (!isInstant) {
    return async () => {
      const series = await collectMatrix(operator, grid, execution);
      return { kind: 'matrix', series: timer.timeSort(() => sortByLabels(series)) };
    };
  }
  if (type === 'scalar') {
    return async () => ({ kind: 'scalar', timestampMs, value: (await readScalar(operator, grid)).values[0] });
  }
  return async () => {
    const samples = await collectVector(operator, execution);
    if (!decidesOrder(expr)) timer.timeSort(() => sortByLabels(samples));
    return { kind: 'vector', timestampMs, samples };
  };
}

function samplesOf(
  execution: QueryExecution,
  grid: StepGrid,
  withSteps: boolean,
): QueryResult['stats']['samples'] {
  const { totalQueryable, samplesRead, peakSamples, queryablePerStep } = execution;
  const totals = { totalQueryableSamples: totalQueryable, samplesRead, peakSamples };
  if (!withSteps) return totals;
  const totalQueryableSamplesPerStep = Array.from(
    queryablePerStep,
    (samples, step) => [(grid.startMs + step * grid.stepMs) / 1000, samples] as const,
  );
  return { ...totals, totalQueryableSamplesPerStep };
}
