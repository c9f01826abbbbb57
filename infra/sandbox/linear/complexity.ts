import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from "graphql";

/** The most points one query may cost. */
export const MOST_POINTS = 10_000;
const DEFAULT_FIRST = 50;

/**
 * Points of a query: a tenth for each scalar, one for each object, and what stands below a connection's nodes times
 * its `first`, which is 50 where it is left out.
 */
export const complexityOf = (
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: string | undefined,
  variables: Readonly<Record<string, unknown>>,
): number => {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);

  const points = (selections: SelectionSetNode, typeName: string, times: number): number => {
    let sum = 0;
    for (const selection of selections.selections) {
      if (selection.kind === Kind.FIELD) sum += field(selection, typeName, times);
      else if (selection.kind === Kind.INLINE_FRAGMENT)
        sum += points(selection.selectionSet, selection.typeCondition?.name.value ?? typeName, times);
      else {
        const fragment = fragments.get(selection.name.value);
        if (fragment !== undefined) sum += points(fragment.selectionSet, fragment.typeCondition.name.value, times);
      }
    }
    return sum;
  };
  const field = (node: FieldNode, typeName: string, times: number): number => {
    if (node.name.value.startsWith("__")) return 0;
    const parent = schema.getType(typeName);
    const definition =
      isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    const type = definition === undefined ? undefined : getNamedType(definition.type);
    if (type === undefined) return 0;
    if (isLeafType(type)) return 0.1;
    if (node.selectionSet === undefined || !(isObjectType(type) || isAbstractType(type))) return 0;
    const isPage = type.name.endsWith("Connection");
    const inside = points(node.selectionSet, type.name, isPage ? firstOf(node, variables) : 1);
    const repeated = node.name.value === "nodes" || node.name.value === "edges" ? times : 1;
    return repeated * (1 + inside);
  };

  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    if (operation !== undefined && definition.name?.value !== operation) continue;
    const root = schema.getRootType(definition.operation);
    return root === undefined || root === null ? 0 : points(definition.selectionSet, root.name, 1);
  }
  return 0;
};

const firstOf = (node: FieldNode, variables: Readonly<Record<string, unknown>>): number => {
  const value = node.arguments?.find(
    (argument) => argument.name.value === "first" || argument.name.value === "last",
  )?.value;
  if (value?.kind === Kind.INT) return Number(value.value);
  const given = value?.kind === Kind.VARIABLE ? variables[value.name.value] : undefined;
  return typeof given === "number" ? given : DEFAULT_FIRST;
};
