/** How the studio is built: pages as chunks, files with a hash in their names, into the Python package. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "./", // the server says with <base> where the studio stands
  build: {
    outDir: "../src/runwatch/studio",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0, // a policy without data: for scripts
    modulePreload: { polyfill: false },
    cssCodeSplit: true,
    reportCompressedSize: false,
    manifest: true, // for script/size.mjs; script/press.mjs takes it out of what is served
  },
  worker: { format: "es" },
  test: { environment: "happy-dom", include: ["test/**/*.test.{ts,tsx}"] },
});
