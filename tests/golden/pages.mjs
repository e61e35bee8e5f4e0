// SPDX-License-Identifier: MIT
// pages.mjs MODULES PAGE.html...: opens HTML reports in a real Chromium by way of playwright-core and holds them to what
// README promises: no violation by axe-core, narrow and wide, light and dark; nothing wider than the window; a matrix that
// is seen without much scrolling; few sheets of paper. PAGE may be followed by ",sheets=N" and ",matrix=PIXELS" (the lowest
// edge of the matrix at 1280 pixels). Prints a line of TAP each.
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const [modules, ...words] = process.argv.slice(2);
const require = createRequire(path.join(modules, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
	"--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND"];
let tests = 0, bad = 0;

function is(name, problems) {
	tests++;
	bad += problems.length > 0;
	console.log(`${problems.length > 0 ? "not ok" : "ok"} ${tests} - ${name}`);
	for (const problem of problems) console.log(`# ${problem}`);
}

async function open(browser, file, width, scheme) {
	const context = await browser.newContext({ viewport: { width, height: 720 }, colorScheme: scheme, bypassCSP: true });
	const page = await context.newPage();
	await page.goto(`file://${path.resolve(file)}`);
	return page;
}

async function violations(page) {
	await page.evaluate(axe);
	const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
	return found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join("; ")}`);
}

// At 1280 pixels: the answer, where the matrix ends, what the title says.
async function look(page, name, limits) {
	const seen = await page.evaluate(() => ({
		title: document.title,
		answer: document.querySelector("h1").textContent,
		green: document.querySelector(".answer").classList.contains("good"),
		matrix: document.querySelector("table")?.getBoundingClientRect().bottom ?? 0,
	}));
	is(`${name}: the title names a cluster, or how many, and the date`,
		/: \S.*, (\d{4}-\d\d-\d\d|\(malformed\))$/.test(seen.title) ? [] : [seen.title]);
	is(`${name}: green is for a plain yes`, seen.green === /^Yes:/.test(seen.answer) ? [] : [seen.answer]);
	if (limits.matrix)
		is(`${name}: the matrix ends within ${limits.matrix} pixels`, seen.matrix <= limits.matrix ? [] : [`at ${seen.matrix}`]);
}

async function print(browser, file, name, sheets, folder) {
	const page = await open(browser, file, 1280, "light");
	const pdf = path.join(folder, "page.pdf");
	await page.pdf({ path: pdf, format: "A4" });
	await page.context().close();
	const pages = Number(/Pages:\s*(\d+)/.exec(execFileSync("pdfinfo", [pdf], { encoding: "utf8" }))[1]);
	is(`${name}: printed on at most ${sheets} sheets`, pages <= sheets ? [] : [`${pages} sheets`]);
}

// A fleet's page: small enough to be sent, and a reader gets to its end. How long that took is told, not judged.
async function large(browser, file, name, kib) {
	const begun = Date.now(), page = await open(browser, file, 1280, "light"), loaded = Date.now();
	const left = await page.evaluate(async () => {
		const root = document.scrollingElement;
		for (let y = 0; y < root.scrollHeight; y += 720) {
			window.scrollTo(0, y);
			await new Promise((done) => requestAnimationFrame(done));
		}
		return root.scrollHeight - root.scrollTop - 720;
	});
	console.log(`# ${name}: loaded in ${loaded - begun} ms, scrolled through in ${Date.now() - loaded} ms`);
	is(`${name}: can be scrolled to its end`, left < 720 ? [] : [`${left} pixels are left`]);
	is(`${name}: at most ${kib} KiB`, statSync(file).size <= kib * 1024 ? [] : [`${statSync(file).size} bytes`]);
	await page.context().close();
}

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: flags });
const folder = mkdtempSync(path.join(tmpdir(), "mra-pages."));
for (const word of words) {
	const [file, ...rest] = word.split(",");
	const limits = Object.fromEntries(rest.map((limit) => [limit.split("=")[0], Number(limit.split("=")[1])]));
	const name = path.basename(file);
	if (limits.kib) {
		await large(browser, file, name, limits.kib);
		continue;
	}
	for (const width of [400, 1280]) {
		for (const scheme of ["light", "dark"]) {
			const page = await open(browser, file, width, scheme);
			is(`${name}: axe finds nothing at ${width} pixels, ${scheme}`, await violations(page));
			const wide = await page.evaluate(() => document.scrollingElement.scrollWidth);
			is(`${name}: nothing sticks out at ${width} pixels, ${scheme}`, wide <= width ? [] : [`${wide} pixels`]);
			if (width === 1280 && scheme === "light") await look(page, name, limits);
			await page.context().close();
		}
	}
	if (limits.sheets) await print(browser, file, name, limits.sheets, folder);
}
rmSync(folder, { recursive: true });
await browser.close();
console.log(`1..${tests}`);
process.exit(bad > 0 ? 1 : 0);
