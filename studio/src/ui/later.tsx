/** A component whose code is loaded when it is first shown. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { attempt } from "./toast";

export function Later<Props extends object>({
  load,
  with: props,
}: {
  load: () => Promise<{ default: ComponentType<Props> }>;
  with: Props;
}) {
  const [Loaded, setLoaded] = useState<ComponentType<Props> | null>(null);
  useEffect(() => {
    attempt(load).then((module) => module && setLoaded(() => module.default));
  }, [load]);
  return Loaded ? <Loaded {...props} /> : null;
}
