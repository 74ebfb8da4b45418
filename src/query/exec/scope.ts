// What operators of one query are built with: the query's bounds and its execution, and where samples come from.
//
// Operators are built first and opened later. While they are built, selectors say which times they will read, so
// that one querier over all of them can be opened in between.

import { bug } from '../../base/errors.ts';
import type { Querier, SeriesSet } from '../../storage/contract.ts';
import type { QueryBounds } from '../functions/contract.ts';
import type { Expr } from '../syntax/ast.ts';
import type { Execution } from './execution.ts';
import type { Operator, StepGrid } from './operator.ts';
import { type Selection, SharedSelections } from './shared-selections.ts';

export interface Scope {
  readonly execution: Execution;
  readonly query: QueryBounds;
  readonly isInstantQuery: boolean;
  readonly lookbackMs: number;
  /** The step of subqueries that name none, ms. */
  readonly defaultStepMs: number;
  /** Whether functions look at the start timestamps of samples (a feature). */
  readonly usesStartTimes: boolean;
  readonly invariants: ReadonlySet<Expr>;
  readonly samples: SampleAccess;
  /** How samples that are read for a step of the present grid count in the statistics. */
  readonly count: (step: number, samples: number) => void;
  /** Counts samples as read, each once for all steps of the present grid. */
  readonly countRead: (samples: number) => void;
  /** Whether it matters which step they count for; otherwise all may count for the first. */
  readonly countsSteps: boolean;
  /** Makes the operator of a subexpression (build.ts). */
  readonly build: (expr: Expr, grid: StepGrid, scope: Scope) => Operator;
}

/** The storage as a query sees it. */
export class SampleAccess {
  private minTimeMs = Number.POSITIVE_INFINITY;
  private maxTimeMs = Number.NEGATIVE_INFINITY;
  private readonly selections = new SharedSelections();
  private opened: Querier | undefined;

  /** Says what will be selected, with the times that will be read (both included). */
  announce(selection: Selection): void {
    const { minTimeMs, maxTimeMs } = selection.hints;
    this.selections.announce(selection);
    if (minTimeMs > maxTimeMs) return;
    this.minTimeMs = Math.min(this.minTimeMs, minTimeMs);
    this.maxTimeMs = Math.max(this.maxTimeMs, maxTimeMs);
  }

  open(querierOf: (minTimeMs: number, maxTimeMs: number) => Querier): void {
    const nothing = this.minTimeMs > this.maxTimeMs;
    this.opened = nothing ? querierOf(0, 0) : querierOf(this.minTimeMs, this.maxTimeMs);
  }

  /** The series of a selection that was announced. */
  select(selection: Selection, execution: Execution): Promise<SeriesSet> {
    const querier = this.opened ?? bug('operators are opened after the querier');
    return this.selections.select(querier, selection, execution);
  }

  close(): void {
    this.opened?.close();
    this.opened = undefined;
  }
}
