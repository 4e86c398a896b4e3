/** A file as its kind is best looked at; each view comes when it is first needed, and none lets a file run. */
import type { ComponentChildren, ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { FailureNote } from "../../ui/failure";
import { useContent } from "../content";
import { type PreviewProps, TooLarge } from "./frame";
import { contentOf, type Kind, kindOf } from "./kind";

/** What a view can show of a file. */
const MOST: Partial<Record<Kind, number>> = {
  image: 64_000_000,
  drawing: 5_000_000,
  json: 5_000_000,
  markdown: 2_000_000,
  notebook: 20_000_000,
  page: 2_000_000,
  code: 2_000_000,
};

type View = ComponentType<PreviewProps>;

const VIEWS: Partial<Record<Kind, () => Promise<View>>> = {
  image: async () => (await import("./image")).ImageView,
  drawing: async () => (await import("./drawing")).DrawingView,
  table: async () => (await import("./table")).TableView,
  json: async () => (await import("./json")).JsonView,
  markdown: async () => (await import("./markdown-view")).MarkdownView,
  notebook: async () => (await import("./notebook")).NotebookView,
  page: async () => (await import("../code/code-view")).PageView,
  code: async () => (await import("../code/code-view")).CodeView,
  parquet: async () => (await import("./hex")).ParquetView,
  other: async () => (await import("./hex")).HexView,
};

interface Props extends PreviewProps {
  /** Shows a log; the viewer needs to know where its links lead. */
  log: (path: string) => ComponentChildren;
}

export function Preview({ run, file, log }: Props) {
  const kind = kindOf(file.path, file.media_type);
  if (kind === "log") return <>{log(file.path)}</>;
  if (kind === "other") return <Unknown run={run} file={file} log={log} />;
  const most = MOST[kind];
  if (most !== undefined && file.size_bytes > most) {
    // Text of any length is what the log viewer is for.
    if (kind === "code" || kind === "page" || kind === "markdown") return <>{log(file.path)}</>;
    return <TooLarge run={run} file={file} most={most} />;
  }
  return <Lazy key={file.path} load={VIEWS[kind]!} run={run} file={file} />;
}

/** Files up to this size are read whole to see whether they are JSON. */
const MOST_SNIFFED = 1_000_000;

/** A file whose name says nothing: its content does. */
function Unknown({ run, file, log }: Props) {
  const { found, failure } = useContent(run, file, file.size_bytes > MOST_SNIFFED ? 4096 : MOST_SNIFFED, contentOf);
  if (failure) return <FailureNote failure={failure} />;
  if (found === undefined) return null;
  return found === "log" && file.size_bytes ? log(file.path) : <Lazy load={VIEWS[found]!} run={run} file={file} />;
}

function Lazy({ load, run, file }: PreviewProps & { load: () => Promise<View> }) {
  const [view, setView] = useState<{ Part: View } | null>(null);
  useEffect(() => {
    let there = true;
    load().then((Part) => there && setView({ Part }));
    return () => {
      there = false;
    };
  }, [load]);
  return view && <view.Part run={run} file={file} />;
}
