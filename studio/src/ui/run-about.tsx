/** What people say of a run, changed where it stands: its description and its tags. */
import { call } from "../api/call";
import type { Run } from "../api/run";
import { catalogue } from "../base/language";
import { Editable, type Markdown } from "./editable";
import { RunTags } from "./run-tags";
import { attempt } from "./toast";

const words = catalogue({
  en: { description: "Description", tags: "Tags" },
  fr: { description: "Description", tags: "Étiquettes" },
});

/** The hint stands where there is no description. */
export function RunAbout({ run, hint, markdown }: { run: Run; hint: string; markdown?: Markdown }) {
  const say = words();
  return (
    <>
      <h2>{say.description}</h2>
      <Editable
        long
        label={say.description}
        value={run.description}
        placeholder={hint}
        markdown={markdown}
        onKeep={(description) => attempt(() => call("/runs:update", { run_id: run.run_id, description }))}
      />
      <h2>{say.tags}</h2>
      <RunTags run={run} />
    </>
  );
}
