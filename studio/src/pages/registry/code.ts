/** Lines of Python: how something is registered, and how it is used. */
import type { Kind } from "../../api/registry";

const FIRST: Record<Kind, string> = {
  model: `from runwatch import Model, Workspace
Model.register(Workspace.from_config(), "model.pkl", "churn")
# or in a run: run.register_model("churn", "outputs/model.pkl")`,
  dataset: `from runwatch import Dataset, Workspace
table = Dataset.Tabular.from_delimited_files("data/*.csv")
table.register(Workspace.from_config(), "train")`,
  environment: `from runwatch import Environment, Workspace
environment = Environment.from_pip_requirements("train", "requirements.txt")
environment.register(Workspace.from_config())`,
};

/** How the first one of a kind is registered. */
export function firstOf(kind: Kind): string {
  return FIRST[kind];
}

/** How a version is used: text in Python's quotes is written as in JSON's. */
export function codeOf(kind: Kind, name: string, number: number): string {
  const text = JSON.stringify(name);
  const [imported, line] = {
    model: ["Model", `path = Model(ws, ${text}, version=${number}).download("there")`],
    dataset: ["Dataset", `dataset = Dataset.get_by_name(ws, ${text}, version=${number})`],
    environment: ["Environment", `environment = Environment.get(ws, ${text}, version="${number}")`],
  }[kind] as [string, string];
  return [`from runwatch import ${imported}, Workspace`, "", "ws = Workspace.from_config()", line].join("\n");
}
