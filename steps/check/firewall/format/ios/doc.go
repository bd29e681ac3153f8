// Package ios reads the configuration of routers with Cisco IOS and IOS XE,
// show running-config, and their access lists alone, show access-lists.
//
// Semantics and where they come from:
//
//   - A list is asked entry by entry in the order of sequence numbers; the
//     first that is met decides, and what meets none is refused. A list that is
//     applied to an interface and has no entry, or does not exist, lets
//     everything pass. (Security Configuration Guide: Access Control Lists, "IP
//     Access List Overview"; Configure Commonly Used IP ACLs.)
//   - Wildcard masks say which bits are free; they need not be together. More
//     than 4,096 separate ranges are not told. A network mask in the place of
//     one is read as the router does, and noted.
//   - Lists know no connections: the packets that answer are asked of the list
//     that they come to. established is met by TCP packets with ACK or RST set,
//     fragments only by fragments after the first.
//   - Order with translation: an inbound list sees what arrives, before an
//     inside global address becomes an inside local one; an outbound list sees
//     what leaves, after translation (NAT Order of Operation, Document 6209).
//   - A host is translated as it sends where the interface that it lies behind
//     has ip nat inside and the packet leaves by one with ip nat outside.
//   - An IPv6 list permits neighbour discovery (nd-na, nd-ns) before it refuses
//     the rest (IPv6 Access Control Lists).
//   - ip inspect (CBAC) lets the answers of connections pass that it saw leave
//     by the interface, whatever lists say. Zone-based firewall: packets
//     between zones need a zone-pair; its policy is class by class, and what no
//     class takes is dropped; zones and interfaces without one do not talk
//     (Zone-Based Policy Firewall Design and Application Guide).
//   - Packets that the router itself sends are not asked of outbound lists.
//
// Reflexive lists (reflect, evaluate) let the answers pass to connections of
// which a reflecting entry is the first that the packet which opens them meets.
// Entries that no such packet meets (established) are passed over.
package ios
