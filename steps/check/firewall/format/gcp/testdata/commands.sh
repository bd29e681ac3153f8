# rules of the mail server
gcloud compute firewall-rules create allow-mimecast --network=default --allow=tcp:25 \
  --source-ranges=103.13.69.0/24,124.47.150.0/24 --priority=900
gcloud compute firewall-rules create everybody --allow tcp:25,tcp:443 --source-ranges 0.0.0.0/0
gcloud compute firewall-rules update everybody --allow tcp:443
