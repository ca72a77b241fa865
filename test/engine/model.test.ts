// What a model's parameters and name are.
import { describe, expect, expectTypeOf, it } from "vitest";
import { Model, Online, Parameter, type State, type Var } from "../../src/engine/index.js";

class Scale extends Model {
  readonly factor = new Parameter(2);
  readonly label = "not a parameter";
  override forward(): Var {
    return this.factor.mul(1);
  }
}

describe("parameters", () => {
  it("are the fields, in the order of definition, also those of models and lists in them", () => {
    class Net extends Scale {
      readonly first = new Parameter([1, 2]);
      readonly layers = [new Scale(), [new Scale(), new Parameter(5)]] as const;
      readonly nothing = undefined;
      readonly none = null;
      readonly other = { hidden: new Parameter(9) };
      readonly last = new Scale();
    }
    const net = new Net();
    expect(net.parameters()).toEqual([
      net.factor,
      net.first,
      net.layers[0].factor,
      net.layers[1][0].factor,
      net.layers[1][1],
      net.last.factor,
    ]);
    expect(net.parameters().every((parameter, i, all) => all.indexOf(parameter) === i)).toBe(true);
  });

  it("are each named once, where fields share them", () => {
    class Tied extends Model {
      readonly a = new Parameter(1);
      readonly b = this.a;
      readonly part = new Scale();
      readonly parts = [this.part, this.part, this.a];
      override forward(): Var {
        return this.a.mul(this.b);
      }
    }
    const tied = new Tied();
    const [a, factor, ...rest] = tied.parameters();
    expect(a).toBe(tied.a);
    expect(factor).toBe(tied.part.factor);
    expect(rest).toEqual([]);
  });

  it("end where models hold each other", () => {
    class Child extends Scale {
      parent: Model | undefined;
    }
    class Parent extends Scale {
      readonly child = new Child();
    }
    const parent = new Parent();
    parent.child.parent = parent;
    expect(parent.parameters()).toEqual([parent.factor, parent.child.factor]);
  });

  it("are those that are there now", () => {
    const net = new (class extends Scale {
      readonly list: Parameter[] = [];
    })();
    expect(net.parameters()).toHaveLength(1);
    net.list.push(new Parameter(1));
    expect(net.parameters()).toHaveLength(2);
  });
});

describe("name", () => {
  it("is the class's unless set", () => {
    class Renamed extends Scale {
      override get name(): string {
        return "scale-by-two";
      }
    }
    expect([new Scale().name, new Renamed().name, new Online().name]).toEqual([
      "Scale",
      "scale-by-two",
      "Online",
    ]);
  });
});

it("is typed: forward gives a node, gradient is optional", () => {
  expectTypeOf<Model["forward"]>().returns.toEqualTypeOf<Var>();
  expectTypeOf<Model["forward"]>().parameters.toEqualTypeOf<[unknown, State]>();
  expectTypeOf<Model["gradient"]>().toEqualTypeOf<((x: unknown, state: State) => void) | undefined>();
  // @ts-expect-error forward is required
  class Empty extends Model {}
  expect(new Empty().parameters()).toEqual([]);
});
