// One node serves all of these tests: they register themselves as they are imported.
import "./surface/cosmjs.ts";
import "./surface/extensions.ts";
import "./surface/grpc.ts";
import "./surface/keplr.ts";
import "./surface/rest.ts";
