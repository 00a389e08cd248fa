import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { meQuery } from "@/api";
import { Loaded } from "@/app/Loaded";
import { Shell } from "@/app/Shell";
import { Page, Tabs } from "@/look";
import { AccessKeys } from "../keys/Keys";
import { Account } from "./Account";
import { SecondFactor } from "./SecondFactor";
import { Sessions } from "./Sessions";
import { ThemeChoice } from "./ThemeChoice";

const PLACES = ["account", "second-factor", "sessions", "keys", "theme"] as const;
type Place = (typeof PLACES)[number];

export default function Profile() {
  const me = useQuery(meQuery);
  const [path, go] = useLocation();
  const place = PLACES.find((each) => path === `/profile/${each}`) ?? "account";
  return (
    <Shell place={<span className="font-medium">Profile</span>}>
      <div className="scroll-thin h-full overflow-y-auto">
        <Page title={me.data?.name ?? "Profile"} lead="Your own account on this server." width="narrow">
          <Loaded of={me} what="account">
            {(found) => (
              <Tabs<Place>
                label="Profile"
                value={place}
                onChange={(next) => go(next === "account" ? "/profile" : `/profile/${next}`)}
                tabs={[
                  { value: "account", label: "Account", content: <Account me={found} /> },
                  { value: "second-factor", label: "Second factor", content: <SecondFactor me={found} /> },
                  { value: "sessions", label: "Sessions", content: <Sessions /> },
                  {
                    value: "keys",
                    label: "Access keys",
                    content: (
                      <div className="pt-5">
                        <AccessKeys />
                      </div>
                    ),
                  },
                  { value: "theme", label: "Theme", content: <ThemeChoice /> },
                ]}
              />
            )}
          </Loaded>
        </Page>
      </div>
    </Shell>
  );
}
