// Before the first paint, so that a dark page never flashes light.
try {
  document.documentElement.dataset.theme = localStorage.getItem("runwatch.theme") || "system";
} catch {}
