/** What stands around every view of a file. */
import type { ComponentChildren } from "preact";
import { size } from "../../base/number";
import { addressOf } from "../content";
import type { Artifact } from "../shelf";
import { filesWords } from "../words";
import "../foot.css";
import "./preview.css";

export interface PreviewProps {
  run: string;
  file: Artifact;
}

export function TooLarge({ run, file, most }: PreviewProps & { most: number }) {
  return (
    <Frame run={run} file={file}>
      <div class="empty">
        <p>{filesWords().tooLarge(file.size_bytes, most)}</p>
      </div>
    </Frame>
  );
}

interface FrameProps extends PreviewProps {
  children: ComponentChildren;
  /** What stands in the foot before size and download. */
  controls?: ComponentChildren;
}

/** The frame of every view: what is shown, and a foot with its controls, its size and the download. */
export function Frame({ run, file, children, controls }: FrameProps) {
  const say = filesWords();
  return (
    <div class="view">
      <div class="view-body">{children}</div>
      <div class="foot">
        {controls}
        <span class="grow" />
        <span class="dim" title={say.bytes(String(file.size_bytes))}>
          {size(file.size_bytes)}
        </span>
        <a class="button quiet" href={addressOf(run, file.path, true)} download>
          {say.download}
        </a>
      </div>
    </div>
  );
}
