/** What a column shows of a run: a text for copies and comparisons, and how it looks. */

import type { ComponentChildren } from "preact";
import { nameOf } from "../api/run";
import { aligned, duration, exact, instant, moment, number } from "../base/number";
import { address } from "../base/place";
import { Elapsed } from "../ui/moment";
import { Status, statusWord } from "../ui/status";
import type { Row } from "./asking";
import { type Column, figure, keyOf, type Value } from "./column";
import { tableWords } from "./words";

export function columnTitle(column: Column): string {
  if (column.kind === "own") return tableWords().own[column.name];
  if (column.kind === "metric" && column.column !== "value") return `${column.name} [${column.column}]`;
  return column.name;
}

/** Whether a column's cells stand at its right edge. */
export function numeric(column: Column): boolean {
  if (column.kind === "own") return column.name === "duration";
  return column.kind === "metric" || (column.kind === "param" && !column.text);
}

/** Whether a parameter is no number, nor a text that reads as one. */
export function textual(found: unknown): boolean {
  if (found === undefined || found === null || typeof found === "number") return false;
  return typeof found === "boolean" || Number.isNaN(Number(found));
}

/** The value of a column: what is copied and saved. */
export function value(row: Row, column: Column): Value {
  const { run } = row;
  if (column.kind === "metric") return figure(row.figures.get(keyOf(column)), column.stat);
  if (column.kind === "param") return plain(run.params[column.name]);
  if (column.kind === "tag") return column.name in run.tags ? (run.tags[column.name] ?? "") : undefined;
  if (column.kind === "property") return run.properties[column.name];
  switch (column.name) {
    case "name":
      return nameOf(run);
    case "status":
      return run.status;
    case "started":
      return run.started_at;
    case "created":
      return run.created_at;
    case "ended":
      return run.ended_at;
    case "duration":
      return run.started_at && run.ended_at ? run.ended_at - run.started_at : undefined;
    case "number":
      return run.number;
    case "experiment":
      return run.experiment;
    case "target":
      return run.target;
    case "user":
      return run.submitted_by;
    case "tags":
      return Object.entries(run.tags).map(tagText).join(", ");
  }
}

export function tagText([name, text]: [string, string | null]): string {
  return text ? `${name}: ${text}` : name;
}

function plain(found: unknown): Value {
  if (found === undefined || found === null || typeof found !== "object") return found as Value;
  return JSON.stringify(found);
}

/** What stands where there is nothing. */
export const NONE = "–";

/** A figure; those of metrics line up, parameters are as short as they can be. */
function figureText(of: Value, short = false): string {
  if (of === undefined || of === null) return NONE;
  return typeof of !== "number" ? String(of) : short ? number(of) : aligned(of);
}

export function Figure({ of }: { of: Value }) {
  const text = figureText(of);
  return (
    <span class={text === NONE ? "dim" : ""} title={valueText(of)}>
      {text}
    </span>
  );
}

/** What is told of a cell under the pointer: all of what it shows in short. Nothing of what is told already. */
export function tip(row: Row, column: Column): string {
  const found = value(row, column);
  if (column.kind !== "own") return valueText(found);
  if (column.name === "experiment") return row.run.experiment;
  return MOMENTS.has(column.name) && typeof found === "number" ? instant(found) : "";
}

const MOMENTS: ReadonlySet<string> = new Set(["started", "created", "ended"]);

/** What the cell of a column says, where that is a text alone; null where it is more: see `content`. */
export function plainText(row: Row, column: Column): string | null {
  const { run } = row;
  if (column.kind === "own") {
    if (column.name === "status" || column.name === "experiment" || column.name === "tags") return null;
    if (MOMENTS.has(column.name)) {
      const at = value(row, column);
      return typeof at === "number" && at ? moment(at) : NONE;
    }
    if (column.name === "duration" && run.started_at)
      return run.ended_at ? duration(run.ended_at - run.started_at) : null;
  }
  return figureText(value(row, column), column.kind !== "metric");
}

/** The cell of a column where it is more than a text, without the name's, which has more in it. */
export function content({ run }: Row, column: Column): ComponentChildren {
  if (column.kind !== "own") return null;
  if (column.name === "status") return <Status status={run.status} />;
  if (column.name === "duration") return <Elapsed from={run.started_at} to={run.ended_at} />;
  if (column.name === "experiment")
    return (
      <a href={address(["experiments", run.experiment])} tabIndex={-1}>
        {run.experiment}
      </a>
    );
  return Object.entries(run.tags).map((tag) => (
    <span key={tag[0]} class="tag" title={tagText(tag)}>
      {tagText(tag)}
    </span>
  ));
}

/** What that content is drawn from: where it is the same, so is the content. */
export function contentKey({ run }: Row, column: Column): string {
  if (column.name === "status") return run.status;
  if (column.name === "experiment") return run.experiment;
  return column.name === "tags" ? JSON.stringify(run.tags) : `${run.started_at}`; // how long one lasts is counted from there
}

/** A value as text, with all its digits. */
export function valueText(found: Value): string {
  return found === undefined || found === null ? "" : typeof found === "number" ? exact(found) : String(found);
}

/** For those who listen, what a run is in one breath. */
export function runText({ run }: Row): string {
  const lasted = run.started_at && run.ended_at ? `, ${duration(run.ended_at - run.started_at)}` : "";
  return `${nameOf(run)}, ${statusWord(run.status)}${lasted}`;
}

/** For how long a change is tinted. */
const TINT_MS = 600;

/** Whether a cell says something else than a moment before. */
export function changed(row: Row, column: Column): boolean {
  if (!row.before || Date.now() - (row.changedAt ?? 0) > TINT_MS) return false;
  return valueText(value(row, column)) !== valueText(value(row.before, column));
}
