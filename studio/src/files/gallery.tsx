/** Pictures side by side, in places that keep their size; one is enlarged on demand. */
import { useState } from "preact/hooks";
import { catalogue } from "../base/language";
import { Dialog } from "../ui/dialog";
import { addressOf } from "./content";
import "./gallery.css";
import { Picture, useZoom, ZoomControls } from "./preview/image";

const words = catalogue({
  en: { enlarge: (name: string) => `Enlarge ${name}`, broken: "Browsers do not show this file; it can be downloaded." },
  fr: {
    enlarge: (name: string) => `Agrandir ${name}`,
    broken: "Les navigateurs n'affichent pas ce fichier ; il peut être téléchargé.",
  },
});

export interface Shown {
  /** Null where there is none. */
  path: string | null;
  label: string;
}

export interface GalleryImage {
  name: string;
  /** One, or two to compare. */
  shown: readonly Shown[];
}

export function Gallery({ run, images }: { run: string; images: readonly GalleryImage[] }) {
  const [large, enlarge] = useState<string | null>(null);
  const image = images.find((each) => each.name === large);
  return (
    <div class="gallery">
      {images.map((each) => (
        <figure key={each.name} class={each.shown.length > 1 ? "gallery-image two" : "gallery-image"}>
          <figcaption class="cut" title={each.name}>
            {each.name}
          </figcaption>
          <div class="gallery-places">
            {each.shown.map((shown, index) => (
              <Place key={index} run={run} shown={shown} name={each.name} onEnlarge={() => enlarge(each.name)} />
            ))}
          </div>
        </figure>
      ))}
      {image && <Large run={run} image={image} onClose={() => enlarge(null)} />}
    </div>
  );
}

interface PlaceProps {
  run: string;
  shown: Shown;
  name: string;
  onEnlarge: () => void;
}

function Place({ run, shown, name, onEnlarge }: PlaceProps) {
  const [broken, setBroken] = useState<string | null>(null);
  const { path, label } = shown;
  const whole = label ? `${name}, ${label}` : name;
  if (path === null || broken === path)
    return <span class="gallery-box dim small">{path === null ? label : words().broken}</span>;
  return (
    <div class="gallery-place">
      <button type="button" class="gallery-box" aria-label={words().enlarge(whole)} onClick={onEnlarge}>
        <img src={addressOf(run, path)} alt={whole} loading="lazy" decoding="async" onError={() => setBroken(path)} />
      </button>
      {label && <span class="dim small">{label}</span>}
    </div>
  );
}

function Large({ run, image, onClose }: { run: string; image: GalleryImage; onClose: () => void }) {
  const zoom = useZoom();
  return (
    <Dialog title={image.name} onClose={onClose} wide footer={<ZoomControls zoom={zoom} />}>
      <div class="gallery-large">
        {image.shown.map((shown, index) => (
          <figure key={index}>
            {shown.path !== null && (
              <Picture
                key={shown.path}
                source={addressOf(run, shown.path)}
                name={`${image.name} ${shown.label}`}
                zoom={zoom}
              />
            )}
            <figcaption class="dim small">{shown.label}</figcaption>
          </figure>
        ))}
      </div>
    </Dialog>
  );
}
