"""Knowledge from elsewhere: RDF, Wikidata, DBpedia, Freebase; read as streams, linked to items."""
