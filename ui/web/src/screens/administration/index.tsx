import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { api, body, meQuery } from "@/api";
import { Shell } from "@/app/Shell";
import { Page, Tabs } from "@/look";
import { Deeds } from "../audit/Deeds";
import { NotFound } from "../NotFound";
import { AllKeys } from "./AllKeys";
import { People } from "./People";
import { Settings } from "./Settings";

const PLACES = ["people", "keys", "audit", "settings"] as const;
type Place = (typeof PLACES)[number];

export default function Administration() {
  const { data: me } = useQuery(meQuery);
  const [path, go] = useLocation();
  const place = PLACES.find((each) => path === `/administration/${each}`) ?? "people";
  return (
    <Shell place={<span className="font-medium">Administration</span>}>
      {me?.is_administrator ? (
        <div className="scroll-thin h-full overflow-y-auto">
          <Page title="Administration" lead="What is about the whole server, and not one project.">
            <Tabs<Place>
              label="Administration"
              value={place}
              onChange={(next) => go(next === "people" ? "/administration" : `/administration/${next}`)}
              tabs={[
                { value: "people", label: "People", content: <People /> },
                { value: "keys", label: "Access keys", content: <AllKeys /> },
                {
                  value: "audit",
                  label: "Audit log",
                  content: (
                    <div className="pt-5">
                      <Deeds
                        isOfAll
                        queryKey={["audit"]}
                        read={(query) => body(api.GET("/api/v1/audit", { params: { query } }))}
                      />
                    </div>
                  ),
                },
                { value: "settings", label: "Settings", content: <Settings /> },
              ]}
            />
          </Page>
        </div>
      ) : (
        <NotFound />
      )}
    </Shell>
  );
}
