// Package fortios reads the configuration of FortiGate firewalls: backups and
// what show and show full-configuration print, of FortiOS 4.3 and later.
//
// Semantics followed, with their sources (Fortinet documentation and community
// articles by title; none is quoted):
//
//   - Policies are looked at in the order of the file, not of their numbers;
//     the first that fits decides. An entry without an action denies, and what
//     none takes is denied (CLI Reference, "config firewall policy").
//   - Destination translation comes before routing and policies ("Local In
//     Policy VS Virtual IP Policy"; packet flow in the handbook). A virtual IP
//     translates when at least one policy names it; the first that fits in the
//     order of their table is taken ("Virtual IP (VIP) port forwarding order of
//     execution"; "FortiOS Destination NAT (DNAT) logic when Central NAT is not
//     in use"). With central NAT all translate, and policies name the mapped
//     addresses ("Central DNAT").
//   - What a virtual IP has translated is met by policies that name it, with
//     the service after translation ("How to use virtual IPs with non-standard
//     external port"), and by others only with match-vip: see matchVIP.
//   - Zones stand for their members; members reach each other without a policy
//     only with intrazone allow, which comes after all policies ("Information
//     about policy matching order when the intrazone setting is used").
//   - Services that the file does not define are those of the factory
//     configuration.
//   - Names of hosts, countries, internet services, users, devices, tags and
//     times leave open what depends on them.
//   - Each virtual domain has policies of its own; interfaces belong to one.
//   - Sessions: what follows the first packet, and the answers, pass without
//     being asked.
//
// Scripts may stand behind a configuration: edit, move, delete, rename, clone,
// append, select, unset and purge are carried out in their order.
package fortios
