# 2026-03-02 09:15:11 by RouterOS 7.16.1
# software id = ABCD-1234
#
# model = RB5009UG+S+
/interface bridge
add admin-mac=48:8F:5A:00:00:01 auto-mac=no comment=defconf name=bridge
/interface ethernet
set [ find default-name=ether1 ] name=ether1-wan
/interface list
add comment=defconf name=WAN
add comment=defconf name=LAN
/ip pool
add name=dhcp ranges=10.0.0.100-10.0.0.199
/interface bridge port
add bridge=bridge comment=defconf interface=ether2
add bridge=bridge comment=defconf interface=ether3
/interface list member
add comment=defconf interface=bridge list=LAN
add comment=defconf interface=ether1-wan list=WAN
/ip address
add address=10.0.0.1/24 comment=defconf interface=bridge network=10.0.0.0
add address=203.0.113.2/29 interface=ether1-wan network=203.0.113.0
add address=203.0.113.3/29 interface=ether1-wan network=203.0.113.0
/ip firewall address-list
add address=103.13.69.0/24 comment="mail filter" list=mimecast
add address=124.47.150.0/24 list=mimecast
add address=backup.example.com list=partners
/ip firewall filter
add action=accept chain=input comment="defconf: accept established,related,untracked" connection-state=\
    established,related,untracked
add action=drop chain=input comment="defconf: drop invalid" connection-state=invalid
add action=accept chain=input comment="defconf: accept ICMP" protocol=icmp
add action=drop chain=input comment="defconf: drop all not coming from LAN" in-interface-list=!LAN
add action=fasttrack-connection chain=forward comment="defconf: fasttrack" connection-state=established,related \
    hw-offload=yes
add action=accept chain=forward comment="defconf: accept established,related, untracked" connection-state=\
    established,related,untracked
add action=drop chain=forward comment="defconf: drop invalid" connection-state=invalid
add action=accept chain=forward comment="mail in" dst-address=10.0.0.25 dst-port=25 protocol=tcp src-address-list=\
    mimecast
add action=accept chain=forward comment="old provider" disabled=yes dst-address=10.0.0.25 dst-port=25 protocol=tcp
add action=drop chain=forward comment="no other mail in" dst-address=10.0.0.25 dst-port=25,465,587 \
    in-interface-list=WAN protocol=tcp
add action=drop chain=forward comment="defconf: drop all from WAN not DSTNATed" connection-nat-state=!dstnat \
    connection-state=new in-interface-list=WAN
/ip firewall nat
add action=masquerade chain=srcnat comment="defconf: masquerade" ipsec-policy=out,none out-interface-list=WAN
add action=dst-nat chain=dstnat comment="mail to \"exchange\"" dst-address=203.0.113.2 dst-port=25 protocol=tcp \
    to-addresses=10.0.0.25
/ip ipsec identity
add peer=branch secret="s3cr3t-psk-value"
/ip route
add disabled=no distance=1 dst-address=0.0.0.0/0 gateway=203.0.113.1 routing-table=main
/ipv6 firewall address-list
add address=fe80::/10 comment="defconf: RFC6890 Linked-Scoped Unicast" list=no_forward_ipv6
/ipv6 firewall filter
add action=accept chain=forward comment="defconf: accept established,related,untracked" connection-state=\
    established,related,untracked
add action=drop chain=forward comment="defconf: drop packets with bad src ipv6" src-address-list=no_forward_ipv6
add action=accept chain=forward comment="defconf: accept ICMPv6" protocol=icmpv6
add action=drop chain=forward comment="defconf: drop everything else not coming from LAN" in-interface-list=!LAN
