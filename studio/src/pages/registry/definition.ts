/** What a version's definition says of a dataset or an environment, as lines of text by what they are; whatever form it has. */
import type { Kind } from "../../api/registry";

export type Said =
  | "form"
  | "format"
  | "files"
  | "options"
  | "steps"
  | "python"
  | "conda"
  | "pip"
  | "variables"
  | "image"
  | "dockerfile";

type Form = Record<string, unknown>;

function form(value: unknown): Form {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Form) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function one(value: unknown): string[] {
  return value === undefined || value === null || value === "" ? [] : [text(value)];
}

function pairs(value: unknown): string[] {
  return Object.entries(form(value)).map(([name, each]) => `${name} = ${text(each)}`);
}

function ofDataset(definition: Form): [Said, string[]][] {
  const sources = list(definition.sources).map((each) => {
    const { path, datastore } = form(each);
    return datastore ? `${text(path)} (${text(datastore)})` : text(path);
  });
  const steps = list(definition.steps).map((each) => {
    const { kind, ...rest } = form(each);
    return [...one(kind), ...pairs(rest)].join("  ");
  });
  return [
    ["form", one(definition.kind)],
    ["format", one(definition.format)],
    ["files", sources],
    ["options", pairs(definition.options)],
    ["steps", steps],
  ];
}

function ofEnvironment(definition: Form): [Said, string[]][] {
  const python = form(definition.python);
  const docker = form(definition.docker);
  const packages = list(form(python.condaDependencies).dependencies);
  const conda = packages.filter((each) => typeof each === "string");
  const isPython = (name: string) => /^python\s*([=<>!~]|$)/.test(name);
  return [
    ["python", python.userManagedDependencies === true ? one(python.interpreterPath) : conda.filter(isPython)],
    ["conda", conda.filter((name) => !isPython(name))],
    ["pip", packages.flatMap((each) => list(form(each).pip)).map(text)],
    ["variables", pairs(definition.environmentVariables)],
    ["image", one(docker.baseImage)],
    ["dockerfile", one(docker.baseDockerfile)],
  ];
}

export function saidOf(kind: Kind, definition: unknown): [Said, string[]][] {
  const said =
    kind === "dataset" ? ofDataset(form(definition)) : kind === "environment" ? ofEnvironment(form(definition)) : [];
  return said.filter(([, lines]) => lines.length > 0);
}

/** Pairs of what a dataset was for and its `name:number`, of a model. */
export function datasetsOf(definition: unknown): [string, string][] {
  const { datasets, sample_input, sample_output } = form(definition);
  const given = list(datasets).flatMap((each): [string, string][] =>
    Array.isArray(each) && each.length === 2 ? [[text(each[0]), text(each[1])]] : [],
  );
  const sample = (name: string, id: unknown) => one(id).map((each): [string, string] => [name, each]);
  return [...given, ...sample("sample_input", sample_input), ...sample("sample_output", sample_output)];
}

/** What a definition says under a name, as a text. */
export function said(definition: unknown, name: string): string | null {
  return one(form(definition)[name])[0] ?? null;
}
