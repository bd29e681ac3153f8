// Package asa reads the configuration of a Cisco ASA (and PIX) firewall, show
// running-config, and the rendered access lists of ASA and of Firepower Threat
// Defense (FTD), show access-list and show running-config access-list.
//
// Semantics and where they come from:
//
//   - Access rules: the list of the interface by which a packet comes in, then
//     the global list, then the implicit deny; the first entry that is met
//     decides. Without any list, packets pass from a higher security level to a
//     lower one and not the other way; an outbound list is asked as well. (Cisco
//     ASA Series Firewall CLI Configuration Guide, Access Rules: "Rule Order",
//     "Implicit Permits", "Implicit Deny", "Inbound and Outbound Rules".)
//   - Interfaces of one level, and a packet that leaves by the interface it came
//     in by, need same-security-traffic whatever lists say (Command Reference,
//     same-security-traffic).
//   - From 8.3 on, lists of access-group name real addresses and ports, as they
//     are behind the translation; before, those that are seen on the interface
//     (Access Control Lists: "IP Addresses Used for Extended ACLs When You Use
//     NAT"; Migration to 8.3). Where the version line lacks, the syntax of the
//     translations tells: static and global were taken out in 8.3, nat
//     (real,mapped) came with it. Where both stand in one file, both readings
//     are asked and what differs is not told.
//   - any is IPv4 and IPv6 from 9.0 on, IPv4 alone before (Release Notes 9.0).
//   - Translation: twice NAT, then that of objects (static ones first, the
//     smallest first, by address, by name), then after-auto; the first that is
//     met (NAT Rule Order). Before 8.3: static in the order of the file.
//   - Access list lines with "line N" are put in as the N-th (Command Reference,
//     access-list extended). In show access-list, lines with the number of the
//     line before are what its object groups hold: they stand for it.
//   - A list that loses its last entry is no longer applied (Command Reference,
//     access-group: empty access lists).
//   - inspect esmtp in a policy map that a service-policy puts in force, and
//     fixup protocol smtp before 7.0, are noted: they decide about no packet.
//   - FTD: entries "advanced" carry interfaces (ifc); those whose remark calls
//     them an L7 RULE hand the packet to Snort, which has the last word
//     (Clarify the Firepower Threat Defense Access Control Policy Rule Actions).
//     All its interfaces have security level 0, which decides about nothing there.
//
// What is sent to the ASA's own address is not forwarded; it has no mail or
// directory server. Reverse translation checks (rpf-check) are not modelled:
// a packet that names the real address of a translated host on the outside is
// judged by the access rules alone.
package asa
