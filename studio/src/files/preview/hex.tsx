/** The first bytes of a file of which there is no view. */
import { FailureNote } from "../../ui/failure";
import { useContent } from "../content";
import { filesWords } from "../words";
import { Frame, type PreviewProps } from "./frame";

const MOST = 1024;
const PER_LINE = 16;

/** Lines of offset, bytes and characters. */
export function hexLines(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += PER_LINE) {
    const part = [...bytes.subarray(at, at + PER_LINE)];
    const codes = part.map((each) => each.toString(16).padStart(2, "0"));
    const left = codes.slice(0, 8).join(" ").padEnd(23);
    const right = codes.slice(8).join(" ").padEnd(23);
    const chars = part.map((each) => (each >= 32 && each < 127 ? String.fromCharCode(each) : "·")).join("");
    lines.push(`${at.toString(16).padStart(8, "0")}  ${left}  ${right}  ${chars}`);
  }
  return lines;
}

export function HexView({ run, file }: PreviewProps) {
  const { found, failure } = useContent(run, file, MOST, hexLines);
  return (
    <Frame run={run} file={file}>
      <p class="view-note">{filesWords().noView}</p>
      {failure && <FailureNote failure={failure} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <pre class="hex" tabIndex={0}>
        {found?.join("\n")}
      </pre>
    </Frame>
  );
}

export function ParquetView({ run, file }: PreviewProps) {
  return (
    <Frame run={run} file={file}>
      <div class="empty">
        <p>{filesWords().parquet}</p>
      </div>
    </Frame>
  );
}
