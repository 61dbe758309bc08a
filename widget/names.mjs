/**
 * Finds the names of our own methods and properties that nobody outside of the chat's scripts ever reads, so that the
 * build may shorten them. A name is left as it is if it also belongs to anybody else: to the browser, the wire, what
 * the storage keeps, a language's pack, a page that uses the chat, or an object whose keys are looked up by text.
 *
 * `names.json` keeps the short names for good: a browser that still has yesterday's chat may load a part of today's.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src");
export const path = join(here, "names.json");

/** The modules that import one another while the page runs; what they export is asked for by its name. */
const modules = ["chat.ts", "more.ts", "brand.ts", "events.ts", "talk.ts", "ask.ts", "proactive.ts", "stream.ts", "sign.ts"].map((name) => join(source, name));
/** Examples of all that goes over the wire, also of what the chat does not look at. */
const wire = join(here, "../fixtures/wire");
/** Types of what others give and take: the loader, the server, the language packs. */
const shared = ["boot.ts", "look.ts", "wire.ts", "words.ts", "later.ts", "css.d.ts"].map((name) => join(source, name));
/** The browser calls these by name, and no library of types says so. */
const called = ["constructor", "connectedCallback", "disconnectedCallback", "adoptedCallback", "attributeChangedCallback", "observedAttributes"];
/** Kinds of members in a class or a type, which is where a name of ours is declared. */
const members = [
  ts.SyntaxKind.PropertyDeclaration,
  ts.SyntaxKind.PropertySignature,
  ts.SyntaxKind.MethodDeclaration,
  ts.SyntaxKind.MethodSignature,
  ts.SyntaxKind.GetAccessor,
  ts.SyntaxKind.SetAccessor,
];
/** The same with the fields of an object. */
const fields = [...members, ts.SyntaxKind.PropertyAssignment, ts.SyntaxKind.ShorthandPropertyAssignment];
/** Types that say nothing of what they hold. */
const NOTHING_KNOWN = ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.NonPrimitive;

/** Each long name with its short one, as the next build uses them. */
export function names() {
  const { ours, foreign } = sorted();
  const before = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  const kept = Object.entries(before).filter(([name, short]) => ours.includes(name) && !foreign.has(short));
  const taken = new Set([...kept.map(([, short]) => short), ...foreign]);
  const fresh = ours.filter((name) => !kept.some(([old]) => old === name));
  const free = shortNames(taken);
  const all = [...kept, ...fresh.map((name) => [name, free.next().value])];
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** All names that are only ours, in order, and all that are not. */
export function sorted() {
  const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(here, "tsconfig.json"), ts.sys.readFile).config, ts.sys, here);
  const program = ts.createProgram([...modules, join(source, "css.d.ts")], { ...options, types: [] });
  const reader = new Reader(program.getTypeChecker());
  for (const file of program.getSourceFiles()) {
    if (isOurs(file)) reader.read(file);
    else if (!program.isSourceFileDefaultLibrary(file)) reader.learn(file);
    if (modules.includes(file.fileName)) reader.offers(file);
  }
  const ours = [...reader.ours].filter((name) => !reader.foreign.has(name)).sort();
  return { ours, foreign: reader.foreign };
}

function onTheWire() {
  const frames = readdirSync(wire).filter((name) => /^(client|server)-/.test(name));
  return frames.flatMap((name) => Array.from(readFileSync(join(wire, name), "utf8").matchAll(/"(\w+)"\s*:/g), ([, key]) => key));
}

function isOurs({ fileName }) {
  return dirname(fileName) === source && !shared.includes(fileName);
}

function* shortNames(taken) {
  const signs = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  for (const first of ["", ...signs]) {
    for (const last of signs) if (!taken.has(first + last)) yield first + last;
  }
}

class Reader {
  ours = new Set();
  foreign = new Set([...called, ...onTheWire()]);
  #types;
  #seen = new Set();
  #owned = new Map();

  constructor(types) {
    this.#types = types;
  }

  /** Everything that a file of others names is theirs. */
  learn(node) {
    if (fields.includes(node.kind) && ts.isPropertyName(node.name)) this.#leave(node.name.text);
    ts.forEachChild(node, (child) => this.learn(child));
  }

  offers(file) {
    for (const { name } of this.#types.getExportsOfModule(this.#types.getSymbolAtLocation(file))) this.#leave(name);
  }

  /** One of our files: what it declares, and where it meets others. */
  read(node) {
    const field = ts.isParameterPropertyDeclaration(node, node.parent) || members.includes(node.kind);
    if (field && ts.isIdentifier(node.name)) this.ours.add(node.name.text);
    if (field && ts.isStringLiteral(node.name)) this.#leave(node.name.text);
    this.#names(node);
    this.#texts(node);
    this.#meets(node);
    ts.forEachChild(node, (child) => this.read(child));
  }

  /** Wherever a property is named, its type says whose it is. */
  #names(node) {
    if (ts.isPropertyAccessExpression(node)) this.#belongs(node.name, this.#types.getSymbolAtLocation(node.name));
    if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent) && !node.dotDotDotToken) {
      this.#belongsTo(node.propertyName ?? node.name, this.#types.getTypeAtLocation(node.parent));
    }
    if (!ts.isObjectLiteralExpression(node)) return;
    const wanted = this.#types.getContextualType(node);
    for (const { name } of node.properties) if (name) this.#belongsTo(name, wanted);
  }

  /** Wherever a property may be looked up by its text, or come from or go to a place without types. */
  #texts(node) {
    if (ts.isElementAccessExpression(node) && !(this.#types.getTypeAtLocation(node.argumentExpression).flags & ts.TypeFlags.NumberLike)) this.#open(node.expression);
    if (ts.isForInStatement(node)) this.#open(node.expression);
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword) this.#open(node.left, node.right);
    if (ts.isCallExpression(node) && /^(Object|JSON|Reflect)\./.test(node.expression.getText())) this.#open(...node.arguments);
    if (ts.isAsExpression(node)) this.#claim(this.#types.getTypeAtLocation(node.expression), this.#types.getTypeAtLocation(node));
  }

  /** What a type is said to have beyond what is known of it, somebody else put there; only a class is made by us. */
  #claim(given, wanted) {
    const missing = this.#own(wanted).some(({ name }) => this.#parts(given).some((part) => !part.getProperty(name)));
    if (missing && !wanted.isClass()) this.#openType(wanted);
  }

  /** Wherever a thing of others passes for one of ours, or the other way round: as an argument, by an assertion, by inheritance. */
  #meets(node) {
    if (members.includes(node.kind) && ts.isIdentifier(node.name) && (ts.isClassLike(node.parent) || ts.isInterfaceDeclaration(node.parent))) {
      for (const base of this.#types.getBaseTypes(this.#types.getTypeAtLocation(node.parent)) ?? []) this.#compare([this.#types.getSymbolAtLocation(node.name)], base);
    }
    const wanted = ts.isExpression(node) && !ts.isObjectLiteralExpression(node) && this.#types.getContextualType(node);
    // A pattern that takes a thing apart is looked at where it names the properties.
    if (wanted && !wanted.pattern) this.#pass(this.#types.getTypeAtLocation(node), wanted);
  }

  /** One thing passes for another; a function does so by what it is given and gives. */
  #pass(given, wanted) {
    if (given === wanted) return;
    if (this.#parts(given).some(({ flags }) => flags & NOTHING_KNOWN)) return this.#openType(wanted);
    this.#compare(this.#own(given), wanted);
    this.#compare(this.#own(wanted), given);
    const [ours, theirs] = [given, wanted].map((type) => this.#parts(type).flatMap((part) => part.getCallSignatures())[0]);
    if (!ours || !theirs) return;
    ours.parameters.slice(0, theirs.parameters.length).forEach((one, at) => this.#pass(this.#types.getTypeOfSymbol(theirs.parameters[at]), this.#types.getTypeOfSymbol(one)));
    this.#pass(ours.getReturnType(), theirs.getReturnType());
  }

  /** Names of ours that the type has from somebody else, and all that hangs on them. */
  #compare(own, type) {
    for (const part of this.#parts(type)) {
      for (const one of own) {
        const other = part.getProperty(one.name);
        if (!other || this.#isOur(other)) continue;
        this.#leave(one.name);
        this.#openType(this.#types.getTypeOfSymbol(one));
      }
    }
  }

  /** What a type has of ours. */
  #own(type) {
    if (!this.#owned.has(type)) this.#owned.set(type, this.#parts(type).flatMap((part) => part.getProperties().filter((one) => this.#isOur(one))));
    return this.#owned.get(type);
  }

  #open(...nodes) {
    for (const node of nodes) {
      if (ts.isStringLiteralLike(node)) this.#leave(node.text);
      this.#openType(this.#types.getTypeAtLocation(node));
    }
  }

  /** None of the names in a type may change, however deep. */
  #openType(type) {
    for (const part of this.#parts(type)) {
      if (this.#seen.has(part)) continue;
      this.#seen.add(part);
      if (part.objectFlags & ts.ObjectFlags.Reference) this.#types.getTypeArguments(part).forEach((one) => this.#openType(one));
      this.#openType(part.getStringIndexType());
      for (const call of part.getCallSignatures()) [...call.parameters.map((one) => this.#types.getTypeOfSymbol(one)), call.getReturnType()].forEach((one) => this.#openType(one));
      for (const property of part.getProperties()) {
        if (!this.#isOur(property)) continue;
        this.#leave(property.name);
        this.#openType(this.#types.getTypeOfSymbol(property));
      }
    }
  }

  #belongsTo(name, type) {
    if (name.text === undefined) return;
    const found = this.#parts(type).map((part) => part.getProperty(name.text));
    const known = found.filter(Boolean);
    if (known.length) for (const one of known) this.#belongs(name, one);
    else this.#belongs(name, undefined);
  }

  #belongs(name, symbol) {
    if (!symbol || !this.#isOur(symbol)) this.#leave(name.text);
  }

  #isOur({ declarations }) {
    return declarations?.length > 0 && declarations.every((one) => isOurs(one.getSourceFile()));
  }

  #parts(type) {
    if (!type) return [];
    const known = this.#types.getNonNullableType(this.#types.getApparentType(type));
    return known.isUnionOrIntersection() ? known.types.flatMap((one) => this.#parts(one)) : [known];
  }

  #leave(name) {
    this.foreign.add(name);
  }
}
