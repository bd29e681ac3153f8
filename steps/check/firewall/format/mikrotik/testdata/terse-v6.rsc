# jan/02/2024 10:00:00 by RouterOS 6.49.10
# software id = WXYZ-0000
/interface ethernet set [ find default-name=ether1 ] name=wan
/interface ethernet set [ find default-name=ether2 ] name=dmz
/ip address add address=192.0.2.10/24 interface=wan network=192.0.2.0
/ip address add address=10.9.0.1/24 interface=dmz network=10.9.0.0
/ip firewall filter add action=jump chain=forward comment="mail from outside" dst-port=25 in-interface=wan jump-target=mail-in protocol=tcp
/ip firewall filter add action=accept chain=forward connection-state=established,related
/ip firewall filter add action=accept chain=forward in-interface=dmz
/ip firewall filter add action=drop chain=forward comment="the rest"
/ip firewall filter add action=return chain=mail-in src-address=!103.13.69.0/24
/ip firewall filter add action=accept chain=mail-in dst-address=10.9.0.25
/ip firewall nat add action=netmap chain=dstnat dst-address=192.0.2.24/30 to-addresses=10.9.0.24/30
/ip firewall nat add action=masquerade chain=srcnat out-interface=wan
/ip route add distance=1 gateway=192.0.2.1
