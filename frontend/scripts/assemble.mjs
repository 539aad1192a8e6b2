// Completes the standalone folder: Next.js leaves out what a web server in front of it could serve.
import { cpSync } from "node:fs";

const target = ".next/standalone";
cpSync("public", `${target}/public`, { recursive: true });
cpSync(".next/static", `${target}/.next/static`, { recursive: true });
cpSync(".next/csp.json", `${target}/.next/csp.json`);
console.log(`assembled ${target}`);
