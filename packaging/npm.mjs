// Makes the two packages of npm: the program for one platform, and the one that people install.
//
// usage: node packaging/npm.mjs PROGRAM PLATFORM FOLDER
//
// PLATFORM is node's name, such as linux-x64. Both take their version from the program.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The platforms that a release has a program for. */
const PLATFORMS = ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64"];

const here = dirname(fileURLToPath(import.meta.url));
const [program, platform, folder] = process.argv.slice(2);
if (!folder || !PLATFORMS.includes(platform)) {
  console.error(`usage: node packaging/npm.mjs PROGRAM PLATFORM FOLDER\n\nPLATFORM is one of ${PLATFORMS.join(", ")}.`);
  process.exit(2);
}

const version = execFileSync(program, ["--version"], { encoding: "utf8" }).trim().split(" ")[1];
const [os, cpu] = platform.split("-");
const about = {
  version,
  description: "A secret gate for git that knows Ideogram API keys through and through",
  license: "MIT OR Apache-2.0",
};

/** Packs a package with one file in `bin`. */
function pack(name, file, from, manifest) {
  const at = mkdtempSync(join(tmpdir(), "ideoguard-npm-"));
  mkdirSync(join(at, "bin"));
  copyFileSync(from, join(at, "bin", file));
  chmodSync(join(at, "bin", file), 0o755);
  for (const text of ["README.md", "LICENSE-APACHE", "LICENSE-MIT"]) {
    copyFileSync(join(here, "..", text), join(at, text));
  }
  writeFileSync(join(at, "package.json"), `${JSON.stringify({ name, ...about, files: ["bin"], ...manifest }, null, 2)}\n`);
  execFileSync("npm", ["pack", "--silent", "--pack-destination", resolve(folder)], { cwd: at, stdio: "inherit" });
  rmSync(at, { recursive: true });
}

mkdirSync(folder, { recursive: true });
pack(`ideoguard-${platform}`, "ideoguard", program, { os: [os], cpu: [cpu] });
pack("ideoguard", "ideoguard.js", join(here, "npm/ideoguard.js"), {
  bin: { ideoguard: "bin/ideoguard.js" },
  engines: { node: ">=16" },
  optionalDependencies: Object.fromEntries(PLATFORMS.map((name) => [`ideoguard-${name}`, version])),
});
