/** A picture: as large as fits, or pixel by pixel. */
import { useState } from "preact/hooks";
import { number } from "../../base/number";
import { addressOf } from "../content";
import { filesWords } from "../words";
import { Frame, type PreviewProps } from "./frame";

export function ImageView({ run, file }: PreviewProps) {
  const zoom = useZoom();
  // The digest lets a browser show a picture that was replaced as it is now.
  const source = `${addressOf(run, file.path)}#${file.sha256 || file.changed_at}`;
  return (
    <Frame run={run} file={file} controls={<ZoomControls zoom={zoom} />}>
      <Picture source={source} name={file.path} zoom={zoom} />
    </Frame>
  );
}

export interface Zoom {
  /** Of the picture's own size; null is as large as fits. */
  scale: number | null;
  setScale: (scale: number | null) => void;
  /** The picture's own size, once it is known. */
  own: [wide: number, high: number] | null;
  setOwn: (own: [number, number]) => void;
}

export function useZoom(): Zoom {
  const [scale, setScale] = useState<number | null>(null);
  const [own, setOwn] = useState<[number, number] | null>(null);
  return { scale, setScale, own, setOwn };
}

const STEPS = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16];

export function ZoomControls({ zoom }: { zoom: Zoom }) {
  const say = filesWords();
  const { scale, setScale, own } = zoom;
  const here = scale ?? 1;
  const larger = STEPS.find((step) => step > here);
  const smaller = STEPS.findLast((step) => step < here);
  return (
    <>
      <button type="button" class="button quiet" aria-pressed={scale === null} onClick={() => setScale(null)}>
        {say.fit}
      </button>
      <button type="button" class="button quiet" aria-pressed={scale === 1} onClick={() => setScale(1)}>
        {say.real}
      </button>
      <button
        type="button"
        class="button quiet"
        aria-label={say.smaller}
        title={say.smaller}
        disabled={!smaller}
        onClick={() => setScale(smaller ?? here)}
      >
        −
      </button>
      <button
        type="button"
        class="button quiet"
        aria-label={say.larger}
        title={say.larger}
        disabled={!larger}
        onClick={() => setScale(larger ?? here)}
      >
        +
      </button>
      <span class="dim">
        {scale !== null && `${number(scale * 100)} % `}
        {own && say.pixels(...own)}
      </span>
    </>
  );
}

interface Props {
  source: string;
  name: string;
  zoom: Zoom;
  onLoad?: () => void;
}

export function Picture({ source, name, zoom, onLoad }: Props) {
  const say = filesWords();
  const [broken, setBroken] = useState(false);
  const { scale, own, setOwn } = zoom;
  if (broken) return <p class="empty">{say.broken}</p>;
  const style = scale !== null && own ? { width: `${own[0] * scale}px`, height: `${own[1] * scale}px` } : {};
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section class={scale === null ? "picture fit" : "picture"} tabIndex={0} aria-label={say.imageOf(name)}>
      <img
        src={source}
        alt={name}
        class={scale !== null && scale > 1 ? "large" : ""}
        style={style}
        onLoad={(event) => {
          const { naturalWidth, naturalHeight } = event.currentTarget;
          setOwn([naturalWidth || 300, naturalHeight || 150]);
          onLoad?.();
        }}
        onError={() => setBroken(true)}
      />
    </section>
  );
}
