/** Rows of a metric as a table needs them: pages that are looked at; or all of them, where there are not too many. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { type Cell, decodeRows, type Rows } from "../api/rows";
import { useLoaded } from "./loaded";
import { type Source, useSource } from "./source";

export const PAGE = 500;
/** As many rows are taken for sorting, bars and histograms. */
export const MOST = 100_000;
const AT_ONCE = 20_000;

export type Row = (Cell | undefined)[];

/** All rows, `MOST` at most, a large page at a time. */
export async function allRows(source: Source, run: string, metric: string, most = MOST): Promise<Rows> {
  let found: Rows | null = null;
  let at = 0;
  do {
    const page: Rows = decodeRows(await source.rows(run, metric, at, Math.min(AT_ONCE, most - at)));
    if (!page.count && found) break;
    found = found ? joined(found, page) : page;
    at += page.count;
  } while (at < Math.min(found.total, most));
  return found;
}

function joined(before: Rows, page: Rows): Rows {
  const names = [...new Set([...before.columns, ...page.columns].map((column) => column.name))];
  const cells = (rows: Rows, name: string): Cell[] =>
    rows.columns.find((column) => column.name === name)?.cells ?? new Array<Cell>(rows.count).fill(null);
  return {
    first: before.first,
    total: page.total,
    count: before.count + page.count,
    columns: names.map((name) => ({ name, cells: [...cells(before, name), ...cells(page, name)] })),
    times: [...before.times, ...page.times],
    steps: [...before.steps, ...page.steps],
  };
}

export function useAllRows(run: string, metric: string, wanted: boolean, most = MOST) {
  const runs = useMemo(() => new Set([run]), [run]);
  return useLoaded<Rows>(wanted && run ? `${run}\n${metric}` : null, runs, (source) =>
    allRows(source, run, metric, most),
  ).value;
}

/** Pages by number; those that are asked for come, and the last one anew when rows were added. */
export function usePages(
  run: string,
  metric: string,
  total: number,
): [Signal<Map<number, Rows>>, (page: number) => void] {
  const source = useSource();
  const pages = useSignal(new Map<number, Rows>());
  const asked = useMemo(() => new Set<number>(), [run, metric]);
  useEffect(() => {
    pages.value = new Map();
  }, [run, metric]);
  useEffect(() => {
    asked.delete(Math.floor(Math.max(0, total - 1) / PAGE));
    for (const page of pages.peek().keys()) if ((pages.peek().get(page)?.count ?? 0) < PAGE) asked.delete(page);
  }, [total]);
  const ask = (page: number) => {
    if (asked.has(page) || page < 0 || page * PAGE >= total) return;
    asked.add(page);
    source.rows(run, metric, page * PAGE, PAGE).then(
      (found) => {
        pages.value = new Map(pages.peek()).set(page, decodeRows(found));
      },
      () => asked.delete(page),
    );
  };
  return [pages, ask];
}
