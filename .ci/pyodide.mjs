// Records what the command lines of tests/record.py print under CPython for WebAssembly: node pyodide.mjs SITE TESTS FILE
import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";

const { loadPyodide } = createRequire(process.env.NODE_PATH + "/")("pyodide");
const [site, tests, file] = process.argv.slice(2);
const python = await loadPyodide();
for (const [place, root] of [["/site", site], ["/tests", tests]]) {
  python.FS.mkdirTree(place);
  python.FS.mount(python.FS.filesystems.NODEFS, { root }, place);
}
python.runPython(`
import sys
sys.path[:0] = ["/site", "/tests"]
sys.argv = ["record.py", "/recorded.json"]
import record
record.main()
`);
writeFileSync(file, python.FS.readFile("/recorded.json"));
console.log("Python " + python.runPython("import platform; platform.python_version()") + " (WebAssembly)");
