/** One image of a run, in a box that has its size before the image is there. */
import { useEffect, useState } from "preact/hooks";
import { ofRun } from "../../api/cache";
import { apiAddress } from "../../api/call";
import { listen } from "../../api/live";
import { mediaWords } from "./words";

/** Images narrower than this are drawn with their pixels seen: enlarged, they would be a blur. */
const SMALL = 160;
const DRAWING = "image/svg+xml";

/** The address of an image's bytes. */
export function imageAddress(run: string, path: string, save = false): string {
  return apiAddress("/artifacts:download", { run_id: run, path, ...(save ? { save: "true" } : {}) });
}

interface Props {
  run: string;
  path: string;
  alt: string;
  /** Whether it is drawn as large as it is; else as large as fits. */
  real?: boolean;
}

export function Picture({ run, path, alt, real = false }: Props) {
  const source = useSource(run, path);
  const [broken, setBroken] = useState<string | null>(null);
  const [small, setSmall] = useState(false);
  // A row may be there before its file.
  useEffect(() => {
    if (broken !== path) return;
    return listen((notices) => {
      if (notices.some(ofRun(run, "files"))) setBroken(null);
    });
  }, [broken, path, run]);
  if (broken === path) return <Broken path={path} />;
  return (
    <span class={real ? "image real" : "image"}>
      {source && (
        <img
          src={source}
          alt={alt}
          loading="lazy"
          decoding="async"
          class={small ? "small-image" : undefined}
          onLoad={(event) => setSmall(event.currentTarget.naturalWidth <= SMALL)}
          onError={() => setBroken(path)}
        />
      )}
    </span>
  );
}

function Broken({ path }: { path: string }) {
  return (
    <span class="image none" title={path}>
      {mediaWords().cannot}
    </span>
  );
}

/** The server calls no drawing by its name, since it could hold scripts; as a picture it runs none. */
function useSource(run: string, path: string): string | null {
  const isDrawing = /\.svg$/i.test(path);
  const [drawing, setDrawing] = useState<{ path: string; url: string } | null>(null);
  useEffect(() => {
    if (!isDrawing) return;
    const stop = new AbortController();
    let url = "";
    fetch(imageAddress(run, path), { signal: stop.signal })
      .then((answer) => answer.blob())
      .then((blob) => {
        url = URL.createObjectURL(new Blob([blob], { type: DRAWING }));
        setDrawing({ path, url });
      })
      .catch(() => undefined); // an address that fails as a picture says so
    return () => {
      stop.abort();
      URL.revokeObjectURL(url);
    };
  }, [run, path, isDrawing]);
  if (!isDrawing) return imageAddress(run, path);
  return drawing?.path === path ? drawing.url : null;
}
