package region
import ("testing";"os";"context";"relucount/pkg/milp";"relucount/pkg/record";"fmt";"time")
func TestProf(t *testing.T){
 fh,_:=os.Open(os.Getenv("MILP")); defer fh.Close()
 r,err:=record.NewReader(fh,"x"); if err!=nil{t.Fatal(err)}
 l,err:=r.Next(); if err!=nil{t.Fatal(err)}
 var seen milp.Seen
 p,_,err:=seen.Decode(l); if err!=nil{t.Fatal(err)}
 s,err:=NewSpace(p); if err!=nil{t.Fatal(err)}
 ctx,c:=context.WithTimeout(context.Background(), 60*time.Second); defer c()
 st:=time.Now()
 n,err:=s.Count(ctx,Options{Engine:"tree",Margin:DefaultMargin,Workers:1})
 fmt.Println(n.Regions,n.Complete,time.Since(st),n.Effort,err)
}
