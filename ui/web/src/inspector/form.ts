/** The form of schemas, as the server describes it: words that the inspector offers and does not know by itself. */
import { queryOptions } from "@tanstack/react-query";
import { api, body } from "@/api";

export interface SchemaForm {
  relaxations: readonly string[];
  algorithms: readonly string[];
}

export const schemaFormQuery = queryOptions({
  queryKey: ["schema.json"],
  queryFn: async (): Promise<SchemaForm> => {
    const form = (await body(api.GET("/api/v1/schema.json"))) as never as Described;
    return {
      relaxations: form.$defs?.component?.properties?.relax?.propertyNames?.enum ?? [],
      algorithms: form.$defs?.connection?.properties?.algorithm?.enum ?? [],
    };
  },
  staleTime: Number.POSITIVE_INFINITY,
});

interface Described {
  $defs?: {
    component?: { properties?: { relax?: { propertyNames?: { enum?: string[] } } } };
    connection?: { properties?: { algorithm?: { enum?: string[] } } };
  };
}
