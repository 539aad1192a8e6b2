import { afterEach } from "vitest";

// Only where there is a document: most tests run in Node, which is closer to what a browser's fetch does.
if (typeof document !== "undefined") {
  const { cleanup } = await import("@testing-library/react");
  afterEach(() => {
    cleanup();
    localStorage.clear();
    document.body.replaceChildren();
  });
}
