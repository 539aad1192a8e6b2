// `npm run build`: the app, then what is derived from it. Stops at the first step that fails.
import { spawnSync } from "node:child_process";

const steps = [
  ["node_modules/next/dist/bin/next", "build"],
  ["scripts/csp.mjs"],
  ["scripts/build-sw.mjs"],
  ["scripts/assemble.mjs"],
  ["scripts/check-budget.mjs"],
];

for (const step of steps) {
  const { status } = spawnSync(process.execPath, step, {
    stdio: "inherit",
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" },
  });
  if (status !== 0) process.exit(status ?? 1);
}
