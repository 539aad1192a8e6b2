// Draws the PNG icons from src/app/icon.svg with the browser that the tests use. Run when the drawing changes.
import { copyFileSync, readFileSync } from "node:fs";
import { chromium } from "@playwright/test";

const svg = readFileSync("src/app/icon.svg", "utf8");
const drawing = (markup) => `data:image/svg+xml,${encodeURIComponent(markup)}`;
// Platforms cut their own shape out of these two: the ground reaches the edges, the sign stays in the middle.
const full = svg.replace('rx="9"', "");
const maskable = full.replace("<g ", '<g transform="translate(16 16) scale(.74) translate(-16 -16)" ');
const icons = [
  ["public/icons/icon-192.png", svg, 192],
  ["public/icons/icon-512.png", svg, 512],
  ["public/icons/maskable-512.png", maskable, 512],
  ["src/app/apple-icon.png", full, 180],
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell",
  args: ["--no-sandbox", "--disable-background-networking", "--disable-quic"],
});
for (const [path, markup, size] of icons) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(
    `<body style="margin:0"><img src="${drawing(markup)}" width="${size}" height="${size}">`,
  );
  await page.screenshot({ path, omitBackground: true });
  await page.close();
}
await browser.close();
copyFileSync("src/app/icon.svg", "public/icons/icon.svg");
console.log(`drew ${icons.length} icons`);
