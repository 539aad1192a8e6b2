import { afterEach } from "vitest";

// Only where there is a document: most tests run in Node, which is closer to what a browser's fetch does.
if (typeof document !== "undefined") {
  const { cleanup, configure } = await import("@testing-library/react");
  // As long as a machine that others use needs: what is waited for ends the waiting, not the clock.
  configure({ asyncUtilTimeout: 60_000 });
  afterEach(() => {
    cleanup();
    localStorage.clear();
    document.body.replaceChildren();
  });
}
