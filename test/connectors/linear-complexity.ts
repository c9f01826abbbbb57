import { type FieldNode, Kind, parse, type SelectionSetNode, type ValueNode } from "graphql";

/**
 * What Linear counts a document at, as an upper bound: 0.1 for a scalar, 1 for an object, a connection multiplies what is
 * in it, its pageInfo too, by `first`, or by 50 where that is left out.
 * https://linear.app/developers/rate-limiting#complexity-limits
 */
export const complexityOf = (document: string, variables: Readonly<Record<string, unknown>> = {}): number =>
  parse(document).definitions.reduce(
    (sum, node) => sum + (node.kind === Kind.OPERATION_DEFINITION ? inside(node.selectionSet, variables) : 0),
    0,
  );

const fieldsOf = ({ selections }: SelectionSetNode): FieldNode[] =>
  selections.filter((node) => node.kind === Kind.FIELD);

const inside = (selection: SelectionSetNode, variables: Readonly<Record<string, unknown>>): number =>
  fieldsOf(selection).reduce((sum, field) => sum + costOf(field, variables), 0);

const costOf = (field: FieldNode, variables: Readonly<Record<string, unknown>>): number => {
  if (field.selectionSet === undefined) return 0.1;
  const children = inside(field.selectionSet, variables);
  const connection = fieldsOf(field.selectionSet).some(({ name }) => name.value === "nodes");
  if (!connection) return 1 + children;
  const first = field.arguments?.find(({ name }) => name.value === "first");
  return children * (first === undefined ? 50 : numberOf(first.value, variables));
};

const numberOf = (value: ValueNode, variables: Readonly<Record<string, unknown>>): number => {
  const given = value.kind === Kind.VARIABLE ? variables[value.name.value] : "value" in value && value.value;
  return given === undefined ? 50 : Number(given);
};

/** Every connection of a document that does not say how many it wants. */
export const unboundedIn = (document: string): string[] => {
  const found: string[] = [];
  const visit = (selection: SelectionSetNode): void => {
    for (const field of fieldsOf(selection)) {
      if (field.selectionSet === undefined) continue;
      const connection = fieldsOf(field.selectionSet).some(({ name }) => name.value === "nodes");
      if (connection && !field.arguments?.some(({ name }) => name.value === "first")) found.push(field.name.value);
      visit(field.selectionSet);
    }
  };
  for (const node of parse(document).definitions) if (node.kind === Kind.OPERATION_DEFINITION) visit(node.selectionSet);
  return found;
};
