/** The images that a run logged, as the server has them. */
import { call } from "../../api/call";
import { metricsOf } from "../../api/metric";
import { decodeRows, type Rows } from "../../api/rows";
import { type Strip, stripOf } from "./shot";

const AT_ONCE = 5_000;

async function rowsOf(run_id: string, name: string): Promise<Rows[]> {
  const pages: Rows[] = [];
  for (let first = 0; ; ) {
    const page = decodeRows(await call("/metrics:read", { run_id, name, first, count: AT_ONCE }));
    pages.push(page);
    first += page.count;
    if (!page.count || first >= page.total) return pages;
  }
}

/** All images that a run logged. */
export async function stripsOf(run_id: string): Promise<Strip[]> {
  const metrics = (await metricsOf(run_id)).filter((metric) => metric.kind === "image");
  const strips = await Promise.all(metrics.map(async ({ name }) => stripOf(name, await rowsOf(run_id, name))));
  return strips.filter((strip) => strip.shots.length);
}
