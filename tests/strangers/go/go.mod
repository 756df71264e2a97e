module strangers

go 1.22
