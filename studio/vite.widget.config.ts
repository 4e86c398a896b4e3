/** How the notebook's widget is built: one file with everything in it, into the Python package. */
import { build, defineConfig, type Plugin, type Rolldown } from "vite";

const ENTRY = "virtual:widget";
const LOADED = `\0${ENTRY}`;
/** The first that know oklch, of 2023: for older ones each colour would stand there twice. */
const COLOURS = ["chrome111", "firefox113", "safari16.4"];

/** The widget as one script that leaves what it exports in a variable `made`. */
async function script(): Promise<string> {
  const built = await build({
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    build: {
      write: false,
      target: "es2022",
      minify: "terser",
      terserOptions: { module: true, compress: { passes: 3 } },
      cssTarget: COLOURS,
      lib: { entry: "src/widget/widget.tsx", formats: ["iife"], name: "made" },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  const { output } = (built as Rolldown.RolldownOutput[])[0]!;
  if (output.length !== 1) throw new Error(`One file was expected: ${output.map((each) => each.fileName)}`);
  return output[0].code;
}

/**
 * Hosts share a module between all widgets of a page. Signals, caches and choices of our rooms live as long as their module, so
 * that each widget is given its rooms anew: the module itself keeps nothing but the function that makes them.
 */
function anew(): Plugin {
  return {
    name: "anew",
    resolveId: (id) => (id === ENTRY ? LOADED : null),
    load: async (id) =>
      id === LOADED
        ? `function make() {\n${await script()}\nreturn made;\n}\nexport default { render: (given) => make().render(given) };`
        : null,
  };
}

export default defineConfig({
  publicDir: false,
  plugins: [anew()],
  build: {
    outDir: "../src/runwatch/widget/static",
    emptyOutDir: true,
    target: "es2022",
    minify: "terser",
    terserOptions: { module: true, compress: { passes: 3 } },
    reportCompressedSize: false,
    rolldownOptions: {
      input: ENTRY,
      preserveEntrySignatures: "strict",
      output: { entryFileNames: "widget.js", format: "es", codeSplitting: false },
    },
  },
});
