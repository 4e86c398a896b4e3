/** How the studio is built: pages as chunks, files with a hash in their names, into the Python package. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "./", // the server says with <base> where the studio stands
  build: {
    outDir: "../src/runwatch/studio",
    emptyOutDir: true,
    target: "es2022",
    minify: "terser", // a hundredth smaller than the bundler's own
    terserOptions: { module: true, compress: { passes: 3 } },
    assetsInlineLimit: 0, // a policy without data: for scripts
    modulePreload: {
      polyfill: false,
      // What every page has loaded already needs no place in the lists of what is to be loaded.
      resolveDependencies: (_, files) => files.filter((file) => !/\/(base|index)-[^/]+$/.test(file)),
    },
    cssCodeSplit: true,
    // Many small chunks weigh more than few: each is compressed for itself. What is seldom shown alone goes together.
    rolldownOptions: {
      output: {
        // Scripts name one another: nothing in them is as hard to compress as hashes.
        entryFileNames: "assets/[name]-[hash:6].js",
        chunkFileNames: "assets/[name]-[hash:6].js",
        assetFileNames: "assets/[name]-[hash:6][extname]",
        minify: true, // and what is left of it by the bundler: both know what the other does not
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            {
              name: "base",
              test: /src\/(app|base|api|ui)\/(?!run-|facts|registry|rows|frame)|node_modules\/(preact|@preact)|rolldown\/runtime|preload-helper/,
              priority: 5,
            },
            {
              name: "pages",
              test: /src\/(pages\/(home|compute|compare|settings|missing|view|run(?!\/children)|registry)\/|pages\/experiment\/notes|ui\/(run-|facts)|api\/registry)/,
              priority: 2,
            },
            // Seldom needed where charts are: what a library for rare charts would be loaded for, and parts of structured ones.
            { name: "rare", test: /src\/(charts|pages\/compare)\/parallel\/|charts\/structured\/heat/, priority: 5 },
            { name: "structured", test: /src\/charts\/structured\/(?!kinds)/, priority: 4 },
            // Points and rows of metrics, for charts and files alike.
            { name: "wire", test: /src\/api\/(rows|frame)\./, priority: 4 },
            // Parts of pages that show files or draw charts go with these: who opens a log waits for no chart.
            {
              name: "files",
              test: /src\/(files\/|pages\/(experiment\/images|run\/(outputs|snapshot|diff-menu|images)|compare\/(code|images))\.)|node_modules\/diff/,
              priority: 3,
            },
            { name: "deeds", test: /src\/table\/(deeds|column-editor|tag-dialog|peek|dialogs|batch|csv)/, priority: 2 },
            {
              name: "lists",
              test: /src\/(table\/|dashboard\/(?!drawing(?!-hint))|pages\/(experiments?\/(?!images|notes)|run\/children))/,
              priority: 1,
            },
            {
              name: "charts",
              test: /src\/(charts\/|pages\/((run\/(metrics|monitoring)|compare\/charts)\.)|dashboard\/drawing(?!-hint))/,
              priority: 3,
            },
          ],
        },
      },
    },
    reportCompressedSize: false,
    manifest: true, // for script/size.mjs; script/press.mjs takes it out of what is served
  },
  worker: { format: "es" },
  // No test is timed: the limit is for one that hangs, on the slowest machine.
  test: { environment: "happy-dom", include: ["test/**/*.test.{ts,tsx}"], testTimeout: 60_000, hookTimeout: 60_000 },
});
