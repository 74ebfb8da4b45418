// topk and bottomk: at every step, the series of each group with the k greatest or least values.
//
// All series are kept, since which of them win is known only when all have been seen. For one step the result is in
// the order of the values; for several, in the order of the input.

import { Annotator } from '../../annotations.ts';
import type { AggregateExpr } from '../../syntax/ast.ts';
import { ColumnStore, hasPoints } from '../column-store.ts';
import { Column, type Operator, type OutputSeries, type StepGrid } from '../operator.ts';
import { readScalar } from '../scalar-arguments.ts';
import type { Scope } from '../scope.ts';
import { BestHeap } from './best-heap.ts';
import { groupSeries } from './grouping.ts';
import { ignoreHistograms } from './ignored-histograms.ts';
import { wholeNumbers } from './whole-parameter.ts';

export class TopkOperator implements Operator {
  private readonly expr: AggregateExpr;
  private readonly input: Operator;
  private readonly parameter: Operator;
  private readonly grid: StepGrid;
  private readonly scope: Scope;
  private readonly store: ColumnStore;
  /** By row of the store: the input series, its group. */
  private readonly seriesOfRow: number[] = [];
  private readonly rowsOfGroup: number[][] = [];
  /** By cell of the store: 1 where the point is in the result. */
  private chosen: Uint8Array = new Uint8Array(0);
  private rows: number[] = [];

  constructor(expr: AggregateExpr, input: Operator, parameter: Operator, grid: StepGrid, scope: Scope) {
    this.expr = expr;
    this.input = input;
    this.parameter = parameter;
    this.grid = grid;
    this.scope = scope;
    this.store = new ColumnStore(grid.count, scope.execution);
  }

  async open(): Promise<OutputSeries> {
    const limits = wholeNumbers(await readScalar(this.parameter, this.grid));
    const input = await this.input.open();
    await this.load(groupSeries(this.expr, input).groupOf);
    this.chosen = this.scope.execution.memory.bytes(this.store.rows * this.grid.count);
    const ranked = this.choose(limits);
    this.rows = this.grid.count === 1 ? ranked : this.rowsWithChoice();
    const series = this.rows.map(row => this.seriesOfRow[row]);
    return {
      labels: series.map(i => input.labels[i]),
      dropName: input.dropName && Uint8Array.from(series, i => input.dropName?.[i] ?? 0),
    };
  }

  read(index: number, into: Column): void {
    const row = this.rows[index];
    this.store.copyTo(row, into);
    const start = row * this.grid.count;
    for (let step = 0; step < this.grid.count; step++) {
      if (this.chosen[start + step] === 0) into.present[step] = 0;
    }
  }

  private async load(groupOf: Int32Array): Promise<void> {
    const { execution } = this.scope;
    const notes = new Annotator(execution.annotations, this.expr.span);
    const column = new Column(this.grid.count);
    for (let i = 0; i < groupOf.length; i++) {
      this.input.read(i, column);
      ignoreHistograms(column, this.expr.operator, notes);
      if (hasPoints(column)) {
        const row = this.store.add(column);
        this.seriesOfRow[row] = i;
        this.rowsOfGroup[groupOf[i]] ??= [];
        this.rowsOfGroup[groupOf[i]].push(row);
      }
      const wait = execution.checkpoint();
      if (wait) await wait;
    }
  }

  /** Marks what is chosen; returns the rows of the last step, best first, group by group. */
  private choose(limits: Float64Array): number[] {
    const { count } = this.grid;
    let ranked: number[] = [];
    for (let step = 0; step < count; step++) {
      ranked = [];
      if (limits[step] < 1) continue;
      this.scope.execution.throwIfOver();
      // Groups without any series with points leave holes, which forEach passes over.
      this.rowsOfGroup.forEach(rows => {
        ranked.push(...this.bestOf(rows, step, limits[step]));
      });
      for (const row of ranked) this.chosen[row * count + step] = 1;
    }
    return ranked;
  }

  private bestOf(rows: readonly number[], step: number, limit: number): number[] {
    const { store } = this;
    const heap = new BestHeap(this.expr.operator === 'topk');
    for (const row of rows) {
      const cell = row * this.grid.count + step;
      if (store.present[cell] === 1) heap.offer(row, store.values[cell], limit);
    }
    return this.grid.count === 1 ? heap.ranked() : heap.items;
  }

  private rowsWithChoice(): number[] {
    const { count } = this.grid;
    return this.seriesOfRow
      .map((_, row) => row)
      .filter(row => this.chosen.subarray(row * count, (row + 1) * count).includes(1));
  }
}
