#!/usr/bin/env node
// Runs the program that npm installed for this platform, and ends as it does.
"use strict";

const { spawnSync } = require("node:child_process");
const { constants } = require("node:os");

const platform = `ideoguard-${process.platform}-${process.arch}`;

function program() {
  try {
    return require.resolve(`${platform}/bin/ideoguard${process.platform === "win32" ? ".exe" : ""}`);
  } catch {
    console.error(
      `ideoguard: there is no program for this platform: the package ${platform} is not installed.\n` +
        "  If npm was told to leave out optional packages, install it without --omit=optional.",
    );
    process.exit(2);
  }
}

const ran = spawnSync(program(), process.argv.slice(2), { stdio: "inherit" });
if (ran.error) {
  console.error(`ideoguard: could not start the program: ${ran.error.message}`);
  process.exit(2);
}
process.exit(ran.signal ? 128 + constants.signals[ran.signal] : ran.status);
