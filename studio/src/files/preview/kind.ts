/** Which view a file gets, by its media type and the ending of its name. */

export type Kind =
  | "log"
  | "image"
  | "drawing"
  | "table"
  | "json"
  | "markdown"
  | "notebook"
  | "page"
  | "code"
  | "parquet"
  | "other";

const IMAGES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"]);

const ENDINGS: Record<string, Kind> = {
  ...of("log", "txt log out err text jsonl ndjson"),
  ...of("drawing", "svg"),
  ...of("table", "csv tsv"),
  ...of("json", "json geojson"),
  ...of("markdown", "md markdown"),
  ...of("notebook", "ipynb"),
  ...of("page", "html htm xhtml"),
  ...of(
    "code",
    "py pyi yaml yml toml ini cfg conf sh bash diff patch js ts css xml sql r jl c h cpp cu rs go java env",
  ),
  ...of("parquet", "parquet"),
};

function of(kind: Kind, endings: string): Record<string, Kind> {
  return Object.fromEntries(endings.split(" ").map((each) => [each, kind]));
}

export function endingOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return name.includes(".") ? name.slice(name.lastIndexOf(".") + 1) : "";
}

export function kindOf(path: string, mediaType: string): Kind {
  if (IMAGES.has(mediaType)) return "image";
  const known = ENDINGS[endingOf(path)];
  if (known) return known;
  if (/^(azureml-)?logs\//.test(path) || path.startsWith("user_logs/")) return "log";
  return mediaType.startsWith("text/") ? "code" : "other";
}

/** What bytes are: an object or a list of JSON, other text, or neither. */
export function contentOf(bytes: Uint8Array): "json" | "log" | "other" {
  if (!isText(bytes)) return "other";
  const text = new TextDecoder().decode(bytes);
  try {
    if (/^\s*[[{]/.test(text) && JSON.parse(text)) return "json";
  } catch {
    // It only begins like it.
  }
  return "log";
}

/** Whether bytes are text: valid UTF-8 without zeros. A character cut at the end is none that is wrong. */
export function isText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
