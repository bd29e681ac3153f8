# the rules of the mail server, as they were entered
az network nsg create --resource-group mail-rg --name mail-nsg
az network nsg rule create -g mail-rg --nsg-name mail-nsg -n MimecastSMTP --priority 200 --access Allow --protocol Tcp \
  --source-address-prefixes 103.13.69.0/24 124.47.150.0/24 --destination-port-ranges 25
az network nsg rule create -g mail-rg --nsg-name mail-nsg -n Everyone --priority 210 --protocol Tcp --destination-port-ranges 25
az network nsg rule create -g mail-rg --nsg-name mail-nsg -n Web --priority 220 --protocol Tcp --destination-port-ranges 80 443
az network nsg rule delete -g mail-rg --nsg-name mail-nsg -n Everyone
