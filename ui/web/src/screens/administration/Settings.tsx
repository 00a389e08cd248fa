import { useQuery } from "@tanstack/react-query";
import { api, body } from "@/api";
import { Loaded } from "@/app/Loaded";
import { Badge, Table } from "@/look";

/** What the server was started with. It is changed where it starts, so that it cannot lock itself out from here. */
export function Settings() {
  const settings = useQuery({
    queryKey: ["settings"],
    queryFn: async () => (await body(api.GET("/api/v1/settings"))).settings,
  });
  return (
    <div className="flex flex-col gap-4 pt-5">
      <p className="text-muted">
        What the server was started with. Change it in <code>settings.toml</code> or in the environment, and
        start the server again.
      </p>
      <Loaded of={settings} what="settings">
        {(found) => (
          <Table
            label="Settings"
            rows={found}
            id={(each) => each.name}
            columns={[
              {
                key: "name",
                title: "Setting",
                cell: (each) => (
                  <span>
                    <code className="font-medium text-ink">{each.name}</code>
                    <code className="block text-2xs text-faint">{each.variable}</code>
                  </span>
                ),
              },
              {
                key: "value",
                title: "Value",
                cell: (each) =>
                  each.is_confidential && each.value ? (
                    <Badge>set, not shown</Badge>
                  ) : (
                    <span className="flex items-center gap-2">
                      <code className="break-all">
                        {each.value || <span className="text-faint">none</span>}
                      </code>
                      {each.is_changed && <Badge>changed</Badge>}
                    </span>
                  ),
              },
              {
                key: "meaning",
                title: "Meaning",
                cell: (each) => each.meaning,
                className: "max-w-xl text-muted",
              },
            ]}
          />
        )}
      </Loaded>
    </div>
  );
}
