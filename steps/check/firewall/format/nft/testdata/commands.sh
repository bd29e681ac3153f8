sudo nft add table inet filter
sudo nft add chain inet filter input '{ type filter hook input priority 0; policy drop; }'
sudo nft add rule inet filter input ct state established,related accept
sudo nft add rule inet filter input ip saddr { 103.13.69.0/24, 124.47.150.0/24 } tcp dport 25 accept comment \"mail in\"
sudo nft insert rule inet filter input iifname lo accept
sudo nft add rule inet filter input index 0 tcp dport 22 ip saddr 192.0.2.0/24 accept
