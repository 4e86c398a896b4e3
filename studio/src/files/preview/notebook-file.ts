/** What a notebook file says, as far as it is shown; whatever is not as it should be is left out. */

export interface Output {
  /** The media types that it has. */
  kinds: string[];
  text?: string;
  markdown?: string;
  /** A picture, as an address that holds it. */
  image?: string;
  count?: number | null;
}

export interface Cell {
  kind: "code" | "markdown" | "raw";
  source: string;
  count: number | null;
  outputs: Output[];
  /** Pictures that its text names. */
  attachments: Record<string, string>;
}

export interface Notebook {
  cells: Cell[];
  /** The ending of files in its language. */
  ending: string;
}

type Found = Record<string, unknown>;

const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

function object(value: unknown): Found {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Found) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Texts stand in notebooks whole or as a list of lines. */
function text(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.filter((each) => typeof each === "string").join("") : undefined;
}

function counted(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

/** An address with the picture in it; what is no base64 is none. */
function pictureOf(data: Found): string | undefined {
  for (const kind of PICTURES) {
    const content = text(data[kind])?.replace(/\s/g, "");
    if (content && /^[A-Za-z0-9+/]+=*$/.test(content)) return `data:${kind};base64,${content}`;
  }
  return undefined;
}

function outputOf(value: unknown): Output {
  const output = object(value);
  if (output.output_type === "stream") return { kinds: ["text/plain"], text: text(output.text) ?? "" };
  if (output.output_type === "error") {
    const trace = list(output.traceback).filter((each) => typeof each === "string");
    return { kinds: ["error"], text: trace.length ? trace.join("\n") : `${output.ename}: ${output.evalue}` };
  }
  const data = object(output.data);
  const image = pictureOf(data);
  const markdown = text(data["text/markdown"]);
  const plain = text(data["text/plain"]);
  return {
    kinds: Object.keys(data),
    ...(image ? { image } : {}),
    ...(markdown !== undefined ? { markdown } : {}),
    ...(plain !== undefined ? { text: plain } : {}),
    ...(output.output_type === "execute_result" ? { count: counted(output.execution_count) } : {}),
  };
}

/** Read a notebook of format 4; null if it is none. */
export function readNotebook(content: string): Notebook | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content.replace(/:\s*(?:NaN|-?Infinity)(?=\s*[,}\]])/g, ": null"));
  } catch {
    return null;
  }
  const root = object(parsed);
  if (!Array.isArray(root.cells)) return null;
  const language = object(object(root.metadata).language_info).name ?? "python";
  return {
    ending: language === "python" ? "py" : "",
    cells: root.cells.map((value): Cell => {
      const cell = object(value);
      const kind = cell.cell_type === "markdown" || cell.cell_type === "raw" ? cell.cell_type : "code";
      const attachments = Object.entries(object(cell.attachments)).flatMap(([name, data]) => {
        const picture = pictureOf(object(data));
        return picture ? [[name, picture] as const] : [];
      });
      return {
        kind,
        source: text(cell.source) ?? "",
        count: counted(cell.execution_count),
        outputs: list(cell.outputs).map(outputOf),
        attachments: Object.fromEntries(attachments),
      };
    }),
  };
}
