// One node serves all of these tests: they register themselves as they are imported.
import "./surface/keplr.ts";
import "./surface/rest.ts";
